import { Dialog } from '../ui/dialog.tsx';
import { useTranslation } from '../text/index.ts';

const keys = {
  wall: [
    ['1 … 9  ↵', 'number'],
    ['← ↑ → ↓', 'arrows'],
    ['Ctrl  ← ↑ → ↓', 'swap'],
    ['↵', 'alone'],
    ['Esc', 'escape'],
    ['PgUp  PgDn', 'pages'],
    ['F', 'full'],
    ['G', 'layouts'],
    ['Ctrl  1 … 9', 'saved'],
    ['I', 'details'],
    ['M', 'listen'],
    ['S', 'snapshot'],
  ],
  playback: [
    ['Space', 'play'],
    ['J  K  L', 'speeds'],
    [',  .', 'frames'],
    ['Home', 'live'],
    ['[  ]', 'marks'],
  ],
  everywhere: [
    ['Ctrl  K', 'find'],
    ['?', 'this'],
  ],
} as const;

/** Every key, as `?` shows them. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={open} onClose={onClose} title={t('wall.help.title')} size={620} centered>
      <div className="help">
        {(['wall', 'playback', 'everywhere'] as const).map((part) => (
          <section key={part}>
            <h2>{t(`wall.help.${part}`)}</h2>
            <dl>
              {keys[part].map(([key, what]) => (
                <div key={what}>
                  <dt>
                    {key.split('  ').map((k) => (
                      <kbd key={k}>{k}</kbd>
                    ))}
                  </dt>
                  <dd>{t(`wall.help.${what}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
