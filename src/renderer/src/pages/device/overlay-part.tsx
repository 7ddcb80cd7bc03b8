/** What the camera writes into its own picture. */
import { Button, Select, TextInput } from '@mantine/core';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { Overlay } from '#domain/encoder.ts';
import { addOverlay, readOverlays, removeOverlay, setOverlay } from '../../stores/device.ts';
import { Ask } from '../../steer/ask.tsx';
import { useAsked } from '../../steer/use-asked.ts';
import { useTranslation } from '../../text/index.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { AskedPart } from './asked-part.tsx';

/** A new one has no token yet. */
type Draft = Omit<Overlay, 'token'> & { token: string | null };

function Editor({
  camera,
  start,
  onClose,
  onDone,
}: {
  camera: CameraView;
  start: Draft;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(start);
  return (
    <Ask
      title={
        start.token === null
          ? t('deviceSettings.overlay.add')
          : t('deviceSettings.overlay.edit', { what: start.text ?? t(`deviceSettings.overlay.kinds.${start.kind}`) })
      }
      yes={t('app.verb.save')}
      onClose={onClose}
      run={async () => {
        const { token, kind, position } = draft;
        const text = kind === 'text' ? (draft.text ?? '').trim() : null;
        if (token === null) await addOverlay(camera.id, { kind, position, text });
        else await setOverlay(camera.id, { token, kind, position, text });
        tell(t('deviceSettings.overlay.saved'));
        onDone();
      }}
    >
      <Select
        label={t('deviceSettings.overlay.kind')}
        allowDeselect={false}
        data={Overlay.shape.kind.options
          .filter((kind) => kind !== 'image')
          .map((kind) => ({ value: kind, label: t(`deviceSettings.overlay.kinds.${kind}`) }))}
        value={draft.kind}
        onChange={(v) => {
          const kind = Overlay.shape.kind.safeParse(v);
          if (kind.success) setDraft({ ...draft, kind: kind.data });
        }}
      />
      {draft.kind === 'text' ? (
        <TextInput
          data-autofocus
          label={t('deviceSettings.overlay.text')}
          maxLength={200}
          value={draft.text ?? ''}
          onChange={(e) => {
            setDraft({ ...draft, text: e.currentTarget.value });
          }}
        />
      ) : null}
      <Select
        label={t('deviceSettings.overlay.position')}
        allowDeselect={false}
        data={Overlay.shape.position.options
          .filter((p) => p !== 'custom' || start.position === 'custom')
          .map((p) => ({ value: p, label: t(`deviceSettings.overlay.positions.${p}`) }))}
        value={draft.position}
        onChange={(v) => {
          const position = Overlay.shape.position.safeParse(v);
          if (position.success) setDraft({ ...draft, position: position.data });
        }}
      />
    </Ask>
  );
}

const fresh: Draft = { token: null, kind: 'text', text: '', position: 'lower-left' };

export function OverlayPart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const asked = useAsked(camera.id, (signal) => readOverlays(camera.id, signal));
  const [editing, setEditing] = useState<Draft | null>(null);
  return (
    <AskedPart title={t('deviceSettings.overlay.title')} asked={asked}>
      {(overlays) => (
        <>
          <p className="quiet">{t('deviceSettings.overlay.hint')}</p>
          {overlays.length === 0 ? <p>{t('deviceSettings.overlay.none')}</p> : null}
          <ul className="device-overlays">
            {overlays.map((overlay) => {
              const what = overlay.text ?? t(`deviceSettings.overlay.kinds.${overlay.kind}`);
              return (
                <li key={overlay.token}>
                  <span>
                    {what}
                    <small>
                      {t(`deviceSettings.overlay.kinds.${overlay.kind}`)},{' '}
                      {t(`deviceSettings.overlay.positions.${overlay.position}`)}
                    </small>
                  </span>
                  {overlay.kind === 'image' ? null : (
                    <button
                      type="button"
                      className="tool"
                      aria-label={t('deviceSettings.overlay.edit', { what })}
                      onClick={() => {
                        setEditing(overlay);
                      }}
                    >
                      <Pencil size={15} aria-hidden="true" />
                    </button>
                  )}
                  <button
                    type="button"
                    className="tool"
                    aria-label={t('deviceSettings.overlay.remove', { what })}
                    onClick={() => {
                      removeOverlay(camera.id, overlay.token).then(() => {
                        tell(t('deviceSettings.overlay.removed'));
                        asked.again();
                      }, tellRefusal);
                    }}
                  >
                    <Trash2 size={15} aria-hidden="true" />
                  </button>
                </li>
              );
            })}
          </ul>
          <div>
            <Button
              variant="default"
              onClick={() => {
                setEditing(fresh);
              }}
            >
              {t('deviceSettings.overlay.add')}
            </Button>
          </div>
          {editing === null ? null : (
            <Editor
              camera={camera}
              start={editing}
              onDone={asked.again}
              onClose={() => {
                setEditing(null);
              }}
            />
          )}
        </>
      )}
    </AskedPart>
  );
}
