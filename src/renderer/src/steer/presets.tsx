/** Positions that the camera keeps: go there by a click or a digit, keep, rename, move, remove; and home. */
import { Menu } from '@mantine/core';
import { Ellipsis, House, Plus } from 'lucide-react';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { PtzPreset } from '#domain/ptz.ts';
import { goHome, goPreset, keepPreset, removePreset, renamePreset, setHome, type Head } from '../stores/ptz.ts';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { tell } from '../ui/tell.ts';
import { Ask, Refused } from './ask.tsx';

type Question = { is: 'add' | 'home' } | { is: 'rename' | 'here' | 'remove'; preset: PtzPreset };

const nameOf = (preset: PtzPreset): string => (preset.name === '' ? preset.token : preset.name);

function Questions({ camera, asked, onClose }: { camera: CameraView; asked: Question; onClose: () => void }) {
  const { t } = useTranslation();
  const shared = { onClose };
  switch (asked.is) {
    case 'add':
      return (
        <Ask
          {...shared}
          title={t('steer.preset.add')}
          yes={t('app.verb.save')}
          field={{ label: t('steer.preset.name'), value: '' }}
          run={async (name) => {
            await keepPreset(camera.id, name, null);
            tell(t('steer.preset.kept', { name }));
          }}
        />
      );
    case 'home':
      return (
        <Ask
          {...shared}
          title={t('steer.setHome')}
          text={t('steer.setHomeText')}
          yes={t('steer.setHome')}
          run={async () => {
            await setHome(camera.id);
            tell(t('steer.homeSet'));
          }}
        />
      );
    case 'rename':
      return (
        <Ask
          {...shared}
          title={t('steer.preset.rename')}
          text={t('steer.preset.renameText')}
          yes={t('steer.preset.rename')}
          field={{ label: t('steer.preset.name'), value: asked.preset.name }}
          run={async (name) => {
            if (!(await renamePreset(camera.id, asked.preset.token, name)))
              throw new Refused(t('steer.preset.renameFailed'));
          }}
        />
      );
    case 'here':
      return (
        <Ask
          {...shared}
          title={t('steer.preset.here')}
          text={t('steer.preset.hereText', { name: nameOf(asked.preset) })}
          yes={t('steer.preset.here')}
          run={async () => {
            await keepPreset(camera.id, nameOf(asked.preset), asked.preset.token);
            tell(t('steer.preset.kept', { name: nameOf(asked.preset) }));
          }}
        />
      );
    case 'remove':
      return (
        <Ask
          {...shared}
          danger
          title={t('steer.preset.remove')}
          text={t('steer.preset.removeText', { name: nameOf(asked.preset) })}
          yes={t('steer.preset.remove')}
          run={() => removePreset(camera.id, asked.preset.token)}
        />
      );
  }
}

function Row({
  camera,
  preset,
  n,
  mayRename,
  ask,
}: {
  camera: CameraView;
  preset: PtzPreset;
  n: number;
  mayRename: boolean;
  ask: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const name = nameOf(preset);
  return (
    <li>
      <button
        type="button"
        className="steer-go"
        aria-label={t('steer.preset.go', { name })}
        onClick={() => {
          void goPreset(camera.id, preset.token);
        }}
      >
        <i data-key={n <= 9 ? n : undefined} aria-hidden="true" />
        <span>{name}</span>
      </button>
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className="tool" aria-label={t('steer.preset.more', { name })}>
            <Ellipsis size={15} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            onClick={() => {
              ask({ is: 'here', preset });
            }}
          >
            {t('steer.preset.here')}
          </Menu.Item>
          <Menu.Item
            disabled={!mayRename}
            onClick={() => {
              ask({ is: 'rename', preset });
            }}
          >
            {t('steer.preset.rename')}
          </Menu.Item>
          <Menu.Item
            color="red"
            onClick={() => {
              ask({ is: 'remove', preset });
            }}
          >
            {t('steer.preset.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

export function Presets({ camera, head }: { camera: CameraView; head: Head }) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const [asked, setAsked] = useState<Question | null>(null);
  const { facts, presets } = head;
  if (facts.presets === 0 && presets.length === 0 && !facts.home) return null;
  const full = presets.length >= facts.presets;
  return (
    <section className="steer-part">
      <h3>{t('steer.presets')}</h3>
      {presets.length === 0 && facts.presets > 0 ? <p className="quiet">{t('steer.presetsNone')}</p> : null}
      <ul className="steer-presets">
        {presets.map((preset, i) => (
          <Row
            key={preset.token}
            camera={camera}
            preset={preset}
            n={i + 1}
            mayRename={head.status !== null}
            ask={setAsked}
          />
        ))}
      </ul>
      <div className="steer-line">
        {facts.presets > 0 ? (
          <button
            type="button"
            className="tool tool-chip"
            disabled={full}
            title={full ? t('steer.preset.full', { count: facts.presets }) : undefined}
            onClick={() => {
              setAsked({ is: 'add' });
            }}
          >
            <Plus size={14} aria-hidden="true" />
            {t('steer.preset.add')}
          </button>
        ) : null}
        {facts.home ? (
          <button
            type="button"
            className="tool tool-chip"
            title={label(t('steer.goHome'), 'goHome')}
            onClick={() => {
              void goHome(camera.id);
            }}
          >
            <House size={14} aria-hidden="true" />
            {t('steer.goHome')}
          </button>
        ) : null}
        {facts.home && !facts.homeFixed ? (
          <button
            type="button"
            className="tool"
            onClick={() => {
              setAsked({ is: 'home' });
            }}
          >
            {t('steer.setHome')}
          </button>
        ) : null}
      </div>
      {asked === null ? null : (
        <Questions
          camera={camera}
          asked={asked}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </section>
  );
}
