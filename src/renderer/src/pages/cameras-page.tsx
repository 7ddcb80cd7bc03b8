import { Button, Menu, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import { removeCamera, useCameras } from '../stores/cameras.ts';
import { useMay } from '../stores/session.ts';
import { bitRateOf, numberOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { Ask } from '../ui/ask.tsx';
import { codecName, healthOf, mainOf, stateOf } from '../ui/camera-words.ts';
import { matches } from '../ui/find.tsx';
import { Mark } from '../ui/mark.tsx';
import { RowMenu } from '../ui/row-tool.tsx';
import { TableScroll } from '../ui/table-scroll.tsx';
import { tell } from '../ui/tell.ts';
import { useNow } from '../ui/use-now.ts';
import { EmptySite } from '../wall/empty-site.tsx';

function RemoveDialog({ camera, onClose }: { camera: CameraView; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Ask
      title={t('cameras.remove.title', { name: camera.name })}
      verb={t('cameras.remove.confirm')}
      danger
      work={async () => {
        await removeCamera(camera.id);
        tell(t('cameras.remove.done', { name: camera.name }));
      }}
      onClose={onClose}
    >
      <p>{t('cameras.remove.text')}</p>
    </Ask>
  );
}

function Row({ camera, may, onRemove }: { camera: CameraView; may: boolean; onRemove: () => void }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const state = stateOf(camera);
  const main = mainOf(camera);
  return (
    <tr>
      <td className="num">{camera.number}</td>
      <td className="name">
        <strong>{camera.name}</strong>
      </td>
      <td className="quiet">{camera.group}</td>
      <td>
        <Mark tone={state.tone}>{state.word}</Mark>
      </td>
      <td className="quiet">{healthOf(camera)}</td>
      <td className="tight quiet">
        {main?.video ? `${codecName(main.video.codec)} ${String(main.video.width)} × ${String(main.video.height)}` : ''}
      </td>
      <td className="num quiet">
        {main && main.bitsPerSecond > 0
          ? `${t('wall.tile.fps', { fps: numberOf(main.fps) })} · ${bitRateOf(main.bitsPerSecond)}`
          : ''}
      </td>
      <td className="end">
        <RowMenu of={camera.name}>
          <Menu.Item
            onClick={() => {
              go(`/?camera=${camera.id}`);
            }}
          >
            {t('cameras.show')}
          </Menu.Item>
          <Menu.Item
            disabled={!may}
            onClick={() => {
              go(`/cameras/${camera.id}`);
            }}
          >
            {t('app.verb.edit')}
          </Menu.Item>
          <Menu.Item
            disabled={!may}
            onClick={() => {
              go(`/cameras/${camera.id}/watching`);
            }}
          >
            {t('watching.open')}
          </Menu.Item>
          <Menu.Item disabled={!may} color="red" onClick={onRemove}>
            {t('app.verb.remove')}
          </Menu.Item>
        </RowMenu>
      </td>
    </tr>
  );
}

export function CamerasPage() {
  const { t } = useTranslation();
  const list = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const may = useMay('administrator');
  const [, go] = useLocation();
  const [query, setQuery] = useState('');
  const [leaving, setLeaving] = useState<CameraView | null>(null);
  useNow(5000); // ages in words
  if (loaded && list.length === 0) return <EmptySite />;
  const found = list.filter((c) => matches(`${String(c.number)} ${c.name} ${c.group ?? ''}`, query));
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('cameras.title')}</h1>
        <span className="count">{t('cameras.count', { count: list.length })}</span>
        <div className="end">
          <TextInput
            type="search"
            aria-label={t('cameras.search')}
            placeholder={t('cameras.search')}
            value={query}
            onChange={(e) => {
              setQuery(e.currentTarget.value);
            }}
            w={300}
          />
          <Button
            variant="default"
            onClick={() => {
              go('/cameras/recording');
            }}
          >
            {t('recording.open')}
          </Button>
          {may ? (
            <Button
              leftSection={<Plus size={16} aria-hidden="true" />}
              onClick={() => {
                go('/cameras/add');
              }}
            >
              {t('cameras.add')}
            </Button>
          ) : null}
        </div>
      </div>
      <TableScroll label={t('cameras.title')}>
        <table className="table">
          <thead>
            <tr>
              <th className="num">{t('cameras.column.number')}</th>
              <th>{t('cameras.column.name')}</th>
              <th>{t('cameras.column.group')}</th>
              <th>{t('cameras.column.state')}</th>
              <th>{t('cameras.column.health')}</th>
              <th>{t('cameras.column.picture')}</th>
              <th className="num">{t('cameras.column.rate')}</th>
              <th>
                <span className="away">{t('cameras.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map((camera) => (
              <Row
                key={camera.id}
                camera={camera}
                may={may}
                onRemove={() => {
                  setLeaving(camera);
                }}
              />
            ))}
          </tbody>
        </table>
      </TableScroll>
      {loaded && found.length === 0 ? <p className="blank">{t('cameras.noMatch')}</p> : null}
      {leaving === null ? null : (
        <RemoveDialog
          camera={leaving}
          onClose={() => {
            setLeaving(null);
          }}
        />
      )}
    </div>
  );
}
