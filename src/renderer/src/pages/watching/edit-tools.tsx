/** What can be done on the picture, as buttons. */
import { Button, Menu } from '@mantine/core';
import { Copy, Plus, Redo2, Trash2, Undo2, Waypoints } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../text/index.ts';
import { DrawingTools } from './drawing-tools.tsx';
import { chosenOf, type Edit, type Editing } from './editing.ts';
import { Swatch } from './item-list.tsx';
import { hasRoom, pointsOf, whats, type What } from './items.ts';

function Tool({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className="tool" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}

export function EditTools({
  s,
  act,
  onDraw,
  nameFor,
}: {
  s: Editing;
  act: (edit: Edit) => void;
  /** Drawing begins: the keyboard goes to the picture. */
  onDraw: (what: What) => void;
  nameFor: (what: What) => string;
}) {
  const { t } = useTranslation();
  const chosen = chosenOf(s);
  const { drawing } = s;
  if (drawing) return <DrawingTools drawing={drawing} act={act} />;
  const canLose = chosen !== null && (s.corner === null || (chosen.is === 'zone' && pointsOf(chosen).length > 3));
  return (
    <div className="zone-tools" role="group" aria-label={t('watching.edit.tools')}>
      <Menu position="bottom-start" width={320}>
        <Menu.Target>
          <Button size="xs" leftSection={<Plus size={15} aria-hidden="true" />}>
            {t('watching.edit.add')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {whats.map((what) => (
            <Menu.Item
              key={what}
              leftSection={<Swatch what={what} />}
              disabled={!hasRoom(s.items.now, what)}
              onClick={() => {
                onDraw(what);
              }}
            >
              {t(`watching.add.${what}`)}
              <small className="zone-add-hint">{t(`watching.addHint.${what}`)}</small>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <span className="zone-tools-group">
        <Tool
          label={t('watching.edit.undo')}
          disabled={s.items.past.length === 0}
          onClick={() => {
            act({ do: 'undo' });
          }}
        >
          <Undo2 size={16} aria-hidden="true" />
        </Tool>
        <Tool
          label={t('watching.edit.redo')}
          disabled={s.items.future.length === 0}
          onClick={() => {
            act({ do: 'redo' });
          }}
        >
          <Redo2 size={16} aria-hidden="true" />
        </Tool>
      </span>
      <span className="zone-tools-group">
        <Tool
          label={t('watching.edit.addCorner')}
          disabled={chosen?.is !== 'zone' || pointsOf(chosen).length >= 32}
          onClick={() => {
            act({ do: 'add-corner' });
          }}
        >
          <Waypoints size={16} aria-hidden="true" />
        </Tool>
        <Tool
          label={t('watching.edit.copy')}
          disabled={chosen === null}
          onClick={() => {
            if (chosen) act({ do: 'copy', name: nameFor(chosen.is === 'line' ? 'line' : chosen.draft.kind) });
          }}
        >
          <Copy size={16} aria-hidden="true" />
        </Tool>
        <Tool
          label={t(s.corner === null ? 'watching.edit.remove' : 'watching.edit.removeCorner')}
          disabled={!canLose}
          onClick={() => {
            act({ do: 'remove' });
          }}
        >
          <Trash2 size={16} aria-hidden="true" />
        </Tool>
      </span>
    </div>
  );
}
