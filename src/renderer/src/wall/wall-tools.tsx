/** What the wall puts into the bar: layout, group, pages, sequence, full screen, feed, keys. */
import { Menu, Popover, Tooltip } from '@mantine/core';
import { ChevronDown, ChevronLeft, ChevronRight, CircleHelp, Expand, PanelRight, Repeat } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { wallSizes, type WallSize } from './arrange.ts';

export type WallToolsProps = {
  size: WallSize;
  onSize: (size: WallSize) => void;
  layoutsOpen: boolean;
  onLayouts: (open: boolean) => void;
  saved: Record<string, { size: WallSize }>;
  onSave: (slot: number) => void;
  onRecall: (slot: number) => void;
  groups: readonly string[];
  group: string | null;
  onGroup: (group: string | null) => void;
  page: number;
  pages: number;
  onPage: (page: number) => void;
  sequence: boolean;
  onSequence: () => void;
  feed: boolean;
  onFeed: () => void;
  onFull: () => void;
  onHelp: () => void;
};

function GridIcon({ side }: { side: number }) {
  const step = 14 / side;
  const cells = Array.from({ length: side * side }, (_, i) => i);
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      {cells.map((i) => (
        <rect
          key={i}
          x={1 + (i % side) * step + 0.5}
          y={2 + Math.floor(i / side) * (12 / side) + 0.5}
          width={step - 1}
          height={12 / side - 1}
          fill="none"
          stroke="currentColor"
          strokeWidth="1"
        />
      ))}
    </svg>
  );
}

function Layouts(p: WallToolsProps) {
  const { t } = useTranslation();
  return (
    <Popover
      opened={p.layoutsOpen}
      onChange={p.onLayouts}
      position="bottom-start"
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="tool"
          aria-haspopup="dialog"
          aria-expanded={p.layoutsOpen}
          onClick={() => {
            p.onLayouts(!p.layoutsOpen);
          }}
        >
          <GridIcon side={Math.min(4, Math.sqrt(p.size))} />
          {t('wall.tiles', { count: p.size })}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={12} aria-label={t('wall.layout')}>
        <div className="layouts">
          <div className="layouts-sizes" role="group" aria-label={t('wall.layout')}>
            {wallSizes.map((n) => (
              <button
                key={n}
                type="button"
                className="tool layouts-size"
                aria-pressed={n === p.size}
                aria-label={t('wall.tiles', { count: n })}
                onClick={() => {
                  p.onSize(n);
                  p.onLayouts(false);
                }}
              >
                <GridIcon side={Math.sqrt(n)} />
                {n}
              </button>
            ))}
          </div>
          <h2>{t('wall.saved')}</h2>
          <ul className="layouts-saved">
            {[1, 2, 3, 4, 5, 6, 7, 8, 9].map((slot) => {
              const kept = p.saved[String(slot)];
              return (
                <li key={slot}>
                  <button
                    type="button"
                    className="tool"
                    disabled={!kept}
                    onClick={() => {
                      p.onRecall(slot);
                      p.onLayouts(false);
                    }}
                  >
                    <kbd>{slot}</kbd> {kept ? t('wall.tiles', { count: kept.size }) : t('wall.savedEmpty')}
                  </button>
                  <button
                    type="button"
                    className="tool tool-chip"
                    aria-label={`${t('app.verb.save')}${t('app.sign.colon')}${t('wall.savedSlot', { slot })}, ${t('wall.savedKeep')}`}
                    title={t('wall.savedKeep')}
                    onClick={() => {
                      p.onSave(slot);
                    }}
                  >
                    {t('app.verb.save')}
                  </button>
                </li>
              );
            })}
          </ul>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Groups(p: WallToolsProps) {
  const { t } = useTranslation();
  if (p.groups.length === 0) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="tool">
          {p.group ?? t('wall.allGroups')}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            p.onGroup(null);
          }}
        >
          {t('wall.allGroups')}
        </Menu.Item>
        {p.groups.map((g) => (
          <Menu.Item
            key={g}
            onClick={() => {
              p.onGroup(g);
            }}
          >
            {g}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Tool(props: {
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={props.label} multiline maw={280}>
      <button
        type="button"
        className="tool"
        aria-label={props.label}
        aria-pressed={props.pressed}
        disabled={props.disabled}
        onClick={props.onClick}
      >
        {props.children}
      </button>
    </Tooltip>
  );
}

export function WallTools(p: WallToolsProps) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  return (
    <>
      <Layouts {...p} />
      <Groups {...p} />
      {p.pages > 1 ? (
        <span className="pager" role="group" aria-label={t('wall.page', { page: p.page + 1, pages: p.pages })}>
          <Tool
            label={t('wall.previousPage')}
            onClick={() => {
              p.onPage((p.page + p.pages - 1) % p.pages);
            }}
          >
            <ChevronLeft size={16} aria-hidden="true" />
          </Tool>
          <span className="quiet" role="status">
            {t('wall.page', { page: p.page + 1, pages: p.pages })}
          </span>
          <Tool
            label={t('wall.nextPage')}
            onClick={() => {
              p.onPage((p.page + 1) % p.pages);
            }}
          >
            <ChevronRight size={16} aria-hidden="true" />
          </Tool>
          <Tool label={t('wall.sequenceHint')} pressed={p.sequence} onClick={p.onSequence}>
            <Repeat size={16} aria-hidden="true" />
          </Tool>
        </span>
      ) : null}
      <Tool label={label(t('wall.fullScreen'), 'full')} onClick={p.onFull}>
        <Expand size={16} aria-hidden="true" />
      </Tool>
      <Tool label={p.feed ? t('wall.feedHide') : t('wall.feedShow')} pressed={p.feed} onClick={p.onFeed}>
        <PanelRight size={16} aria-hidden="true" />
      </Tool>
      <Tool label={label(t('wall.keys'), 'help')} onClick={p.onHelp}>
        <CircleHelp size={16} aria-hidden="true" />
      </Tool>
    </>
  );
}
