/** What can be done while a shape is drawn: end it, take a corner back, leave it. */
import { Button } from '@mantine/core';
import { useTranslation } from '../../text/index.ts';
import { tooFew, type Drawing, type Edit } from './editing.ts';

export function DrawingTools({ drawing, act }: { drawing: Drawing; act: (edit: Edit) => void }) {
  const { t } = useTranslation();
  return (
    <div className="zone-tools" role="group" aria-label={t('watching.edit.tools')}>
      <Button
        size="xs"
        disabled={tooFew(drawing)}
        onClick={() => {
          act({ do: 'finish' });
        }}
      >
        {t('watching.edit.finish')}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={drawing.points.length === 0}
        onClick={() => {
          act({ do: 'unset' });
        }}
      >
        {t('watching.edit.unset')}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          act({ do: 'leave' });
        }}
      >
        {t('app.verb.cancel')}
      </Button>
    </div>
  );
}
