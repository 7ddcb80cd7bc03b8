/** What is done with a moment or a span that was marked. */
import { Bookmark, Lock, Trash2, X } from 'lucide-react';
import { useMay } from '../stores/session.ts';
import { durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import type { Labels } from './labels.ts';
import { openMarkDialog } from './mark-dialog.ts';
import { playheadMs } from './pointer.ts';
import { useTimeline } from './store.ts';
import { Tool } from './tool.tsx';

export function AddBookmark() {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const may = useMay('operator');
  if (!may) return null;
  return (
    <div className="tl-group">
      <Tool
        label={label(t('kept.tool.bookmark'), 'bookmark')}
        onPress={() => {
          openMarkDialog({ kind: 'bookmark', atMs: playheadMs() });
        }}
      >
        <Bookmark size={15} aria-hidden />
      </Tool>
    </div>
  );
}

export function Selected({ labels }: { labels: Labels }) {
  const { t } = useTranslation();
  const selection = useTimeline((s) => s.selection);
  const mayHold = useMay('operator');
  const mayErase = useMay('administrator');
  if (!selection) return null;
  const { fromMs, toMs } = selection;
  const span = { duration: durationOf(toMs - fromMs), from: labels.clock(fromMs), to: labels.clock(toMs) };
  return (
    <div className="tl-group tl-selected" role="status" data-then=".tl-canvas">
      <span className="away">{t('timeline.selected', span)}</span>
      <span aria-hidden="true" title={t('timeline.selected', span)}>
        <b>{span.duration}</b>
        <span className="tl-selected-when"> {t('timeline.when', span)}</span>
      </span>
      {mayHold && (
        <Tool
          label={t('kept.tool.hold')}
          onPress={() => {
            openMarkDialog({ kind: 'hold', fromMs, toMs });
          }}
        >
          <Lock size={14} aria-hidden />
        </Tool>
      )}
      {mayErase && (
        <Tool
          label={t('kept.tool.erase')}
          onPress={() => {
            openMarkDialog({ kind: 'erase', fromMs, toMs });
          }}
        >
          <Trash2 size={14} aria-hidden />
        </Tool>
      )}
      <Tool
        label={t('timeline.clearSelection')}
        onPress={() => {
          useTimeline.getState().clearSelection();
        }}
      >
        <X size={14} aria-hidden />
      </Tool>
    </div>
  );
}
