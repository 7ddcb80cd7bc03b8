/** Adding cameras: find, password, picture and name; with other ways in beside the network. */
import { Button, Tabs } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useCameras } from '../../stores/cameras.ts';
import { addFound } from '../../stores/finding.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { CameraFormPage } from '../camera-form-page.tsx';
import './add.css';
import { choose, forgetChosen, lookOf, orNull, useChosen } from './chosen.ts';
import { problemsOf, toAdd } from './draft.ts';
import type { Guessed } from './guess-streams.tsx';
import { ListWay } from './list-way.tsx';
import { NameStep } from './name-step.tsx';
import { NetworkWay, useFollowFound } from './network-way.tsx';
import { PasswordStep } from './password-step.tsx';
import { RangeWay } from './range-way.tsx';

const ways = ['network', 'range', 'rtsp', 'list'] as const;
type Way = (typeof ways)[number];
const steps = ['find', 'password', 'name'] as const;
type Step = (typeof steps)[number];

const isOneOf = <T extends string>(all: readonly T[], value: string | null): value is T => all.some((v) => v === value);

/** Way and step are in the address: back goes back, and a link leads to the right one. */
function useWhere(): { way: Way; step: Step; to: (where: { way?: Way; step?: Step }, replace?: boolean) => void } {
  const query = new URLSearchParams(useSearch());
  const [, go] = useLocation();
  const way = query.get('way');
  const step = query.get('step');
  return {
    way: isOneOf(ways, way) ? way : 'network',
    step: isOneOf(steps, step) ? step : 'find',
    to(where, replace = false) {
      const next = new URLSearchParams();
      if (where.way !== undefined && where.way !== 'network') next.set('way', where.way);
      if (where.step !== undefined && where.step !== 'find') next.set('step', where.step);
      go(`/cameras/add${next.size > 0 ? `?${next.toString()}` : ''}`, { replace });
    },
  };
}

function Steps({ at }: { at: Step }) {
  const { t } = useTranslation();
  return (
    <ol className="add-steps" aria-label={t('finding.step.label')}>
      {steps.map((step, i) => (
        <li key={step} aria-current={step === at ? 'step' : undefined}>
          <i aria-hidden="true">{i + 1}</i>
          {t(`finding.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

export function AddPage() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const where = useWhere();
  const { way, to } = where;
  const { chosen, drafts } = useChosen();
  const there = useCameras((s) => s.list);
  const loaded = useCameras((s) => s.loaded);
  const follow = useFollowFound();
  const [guessed, setGuessed] = useState<Guessed | null>(null);
  const [adding, setAdding] = useState(false);
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const next = useRef<HTMLButtonElement>(null);
  const cards = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // Passwords are forgotten when the page is left.
  useEffect(() => forgetChosen, []);
  const fine = [...chosen.values()].filter((e) => e.answer.step === 'fine').length;
  // After a reload nothing is chosen any more: a later step has nothing to show.
  const step: Step = chosen.size === 0 ? 'find' : where.step === 'name' && fine === 0 ? 'password' : where.step;
  useEffect(() => {
    if (step !== where.step) to({ way, step }, true);
  });
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step && step !== 'password') heading.current?.focus();
    shown.current = step;
  }, [step]);
  const wanted = drafts.filter((d) => d.wanted);
  const problems = useMemo(() => problemsOf(drafts, (url) => lookOf(chosen, url), there), [drafts, chosen, there]);
  const clashes = [...problems.values()].filter((p) => p.length > 0).length;
  const added = (count: number): void => {
    tell(t('finding.bar.added', { count }));
    go('/');
  };
  const add = (): void => {
    setTried(true);
    setFault(null);
    if (clashes > 0) {
      const first = wanted.findIndex((d) => (problems.get(d.key)?.length ?? 0) > 0);
      cards.current?.querySelectorAll<HTMLElement>('[data-wanted="true"]')[first]?.focus();
    }
    if (clashes > 0 || wanted.length === 0) return;
    const cameras = wanted.flatMap((draft) => {
      const entry = chosen.get(draft.url);
      const look = lookOf(chosen, draft.url);
      if (!entry || !look) return [];
      const { username, password } = entry.used;
      return [toAdd(draft, look, { username: orNull(username), password: password === '' ? null : password })];
    });
    setAdding(true);
    addFound(cameras).then(
      (all) => {
        added(all.length);
      },
      (error: unknown) => {
        setFault(t('finding.name.failed', { why: refusalText(error) }));
        setAdding(false);
      },
    );
  };
  const heads = (
    <div className="page-head">
      <h1 ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
        {t('finding.title')}
      </h1>
      {way === 'network' || way === 'range' ? (
        <div className="end">
          <Steps at={step} />
        </div>
      ) : null}
    </div>
  );
  const bar = (
    <section className="add-bar" aria-label={t('finding.bar.label')}>
      <span role="status">
        {chosen.size === 0 ? (
          <span className="quiet">{t('finding.bar.none')}</span>
        ) : step === 'name' && tried && clashes > 0 ? (
          <span className="fault">{t('finding.name.clash', { count: clashes })}</span>
        ) : step === 'name' && wanted.length === 0 ? (
          <span className="quiet">{t('finding.name.nothing')}</span>
        ) : (
          <strong>{t('finding.bar.chosen', { count: step === 'name' ? wanted.length : chosen.size })}</strong>
        )}
      </span>
      {step === 'find' && chosen.size > 0 ? (
        <button
          type="button"
          className="tool"
          onClick={() => {
            choose(
              [...chosen.values()].map((e) => e.device),
              false,
            );
          }}
        >
          {t('finding.bar.clear')}
        </button>
      ) : null}
      {fault === null ? null : (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="end">
        {step === 'find' ? null : (
          <Button
            variant="default"
            disabled={adding}
            onClick={() => {
              to({ way, step: step === 'name' ? 'password' : 'find' });
            }}
          >
            {t('app.verb.back')}
          </Button>
        )}
        {step === 'find' ? (
          <Button
            disabled={chosen.size === 0}
            onClick={() => {
              to({ way, step: 'password' });
            }}
          >
            {t('finding.bar.toPassword')}
          </Button>
        ) : step === 'password' ? (
          <Button
            ref={next}
            disabled={fine === 0}
            onClick={() => {
              to({ way, step: 'name' });
            }}
          >
            {t('finding.bar.toName')}
          </Button>
        ) : (
          <Button loading={adding} disabled={wanted.length === 0} onClick={add}>
            {t('finding.bar.add', { count: wanted.length })}
          </Button>
        )}
      </div>
    </section>
  );
  if (step === 'password')
    return (
      <div className="add">
        <div className="page wide">
          {heads}
          <PasswordStep onAllFine={() => next.current?.focus()} />
        </div>
        {bar}
      </div>
    );
  if (step === 'name')
    return (
      <div className="add">
        <div className="page wide" ref={cards}>
          {heads}
          <NameStep problems={problems} tried={tried} />
        </div>
        {bar}
      </div>
    );
  return (
    <div className="add">
      <div className="page wide">
        {heads}
        <Tabs
          className="add-ways"
          value={way}
          keepMounted={false}
          activateTabWithKeyboard={false}
          onChange={(v) => {
            if (isOneOf(ways, v)) to({ way: v });
          }}
        >
          <Tabs.List aria-label={t('finding.way.label')} mb={16}>
            {ways.map((w) => (
              <Tabs.Tab key={w} value={w}>
                {t(`finding.way.${w}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="network">
            <NetworkWay
              fault={follow.fault}
              again={follow.again}
              onRange={() => {
                to({ way: 'range' });
              }}
            />
          </Tabs.Panel>
          <Tabs.Panel value="range">
            <RangeWay
              onGuessed={(streams) => {
                setGuessed(streams);
                to({ way: 'rtsp' });
              }}
            />
          </Tabs.Panel>
          <Tabs.Panel value="rtsp">{loaded ? <CameraFormPage camera={null} start={guessed} /> : null}</Tabs.Panel>
          <Tabs.Panel value="list">
            <ListWay onAdded={added} />
          </Tabs.Panel>
        </Tabs>
      </div>
      {way === 'network' || way === 'range' ? bar : null}
    </div>
  );
}
