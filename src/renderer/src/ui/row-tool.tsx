/** What can be done with a row of a table: one tool, or a menu of them. */
import { Menu } from '@mantine/core';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../text/index.ts';

/** `title` says what it does; `of` says to who does not see the row what it is about. */
export function RowTool(props: { title: string; of?: string | undefined; onClick: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const { title, of, onClick, children } = props;
  return (
    <button
      type="button"
      className="tool"
      aria-label={of === undefined ? title : `${title}${t('app.sign.colon')}${of}`}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** `of`: the row's name; children: `Menu.Item`s. */
export function RowMenu({ of, children }: { of: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="tool" aria-label={t('wall.tile.actions', { name: of })}>
          <Ellipsis size={16} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
