import { Link } from 'wouter';
import { useChosenKeys } from '../stores/keys.ts';
import { useTranslation } from '../text/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { actionsOf, keyFor, partsOfKeys } from '../ui/key-actions.ts';
import { keyParts } from '../ui/key-words.ts';

/** Keys that stay what they are, with the sign between those that go together. */
const fixed = [
  [['1', '…', '9', 'Enter'], 'number'],
  [['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'], 'arrows'],
  [['Ctrl', 'ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'], 'swap'],
  [['Enter'], 'alone'],
  [['Escape'], 'escape'],
  [['Ctrl', '1', '…', '9'], 'saved'],
] as const;
const fixedSteer = [
  [['Shift', 'ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'], 'turn'],
  [['Num 1', '…', 'Num 9'], 'slant'],
  [['1', '…', '9'], 'preset'],
] as const;

function Keys({ parts }: { parts: readonly string[] }) {
  return parts.flatMap(keyParts).map((part) => (part === '…' ? ' … ' : <kbd key={part}>{part}</kbd>));
}

/** Every key, as `?` shows them. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const chosen = useChosenKeys((s) => s.chosen);
  return (
    <Dialog opened={open} onClose={onClose} title={t('wall.help.title')} size={660} centered>
      <div className="help">
        {partsOfKeys.map((part) => (
          <section key={part}>
            <h2>{t(`wall.help.${part}`)}</h2>
            <dl>
              {(part === 'wall' ? fixed : part === 'steer' ? fixedSteer : []).map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    <Keys parts={keys} />
                  </dt>
                  <dd>{t(`wall.help.${what}`)}</dd>
                </div>
              ))}
              {actionsOf(part).map((action) => (
                <div key={action}>
                  <dt>
                    <Keys parts={[keyFor(chosen, action)]} />
                  </dt>
                  <dd>{t(`wall.help.action.${action}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="help-more">
        <Link href="/settings#keys">{t('wall.help.change')}</Link>
      </p>
    </Dialog>
  );
}
