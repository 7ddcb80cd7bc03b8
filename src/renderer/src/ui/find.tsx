/** Ctrl+K: cameras, pages and commands by a few letters. */
import { Modal, TextInput } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from '../text/index.ts';

export type Findable = { id: string; label: string; hint: string; run: () => void };

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

/** Every word of the query begins a word of the label, or stands in it. Pure. */
export function matches(label: string, query: string): boolean {
  const there = plain(label);
  return plain(query)
    .split(/\s+/)
    .every((word) => there.includes(word));
}

export function Find({ open, onClose, all }: { open: boolean; onClose: () => void; all: readonly Findable[] }) {
  return (
    <Modal opened={open} onClose={onClose} withCloseButton={false} padding={0} size={480} yOffset="12vh">
      {open ? <FindList onClose={onClose} all={all} /> : null}
    </Modal>
  );
}

function FindList({ onClose, all }: { onClose: () => void; all: readonly Findable[] }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = useMemo(() => all.filter((f) => matches(`${f.label} ${f.hint}`, query)).slice(0, 12), [all, query]);
  const chosen = Math.min(at, found.length - 1);
  const run = (f: Findable | undefined): void => {
    if (!f) return;
    onClose();
    f.run();
  };
  return (
    <div className="find">
      <TextInput
        data-autofocus
        variant="unstyled"
        className="find-input"
        placeholder={t('app.find.placeholder')}
        aria-label={t('app.find.title')}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[chosen] ? `${id}-${found[chosen].id}` : undefined}
        value={query}
        onChange={(e) => {
          setQuery(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown') setAt(Math.min(found.length - 1, chosen + 1));
          else if (e.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
          else if (e.key === 'Enter') run(found[chosen]);
          else return;
          e.preventDefault();
        }}
      />
      <ul id={id} role="listbox" aria-label={t('app.find.title')} className="find-list">
        {found.map((f, i) => (
          <li
            key={f.id}
            id={`${id}-${f.id}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={(e) => {
              e.preventDefault();
              run(f);
            }}
          >
            <span>{f.label}</span>
            <span className="quiet">{f.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="find-none quiet">{t('app.find.none')}</p> : null}
    </div>
  );
}
