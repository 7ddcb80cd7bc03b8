/** The models of a station: what comes with it, the catalogue, and a person's own; getting them, and which does what. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { AppError, invalid } from '#contract/error.ts';
import { chooseModel } from '#domain/decide/choose-model.ts';
import {
  bytesOfModel,
  ModelId,
  ModelSettings,
  ModelTask,
  type ModelFault,
  type ModelManifest,
  type ModelOrigin,
  type ModelState,
  type ModelUse,
  type ModelView,
} from '#domain/model.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { ModelError } from '#lib/model-error.ts';
import type { EventRoom } from './events.ts';
import type { ModelStore } from './model-port.ts';
import type { Models, ReadyModel } from './model-rooms.ts';

export type ModelRoom = Models & {
  /** What is here is used at once; whether it is sound is looked at behind. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const key = 'models';
/** What did each task last, so that another is noticed over a restart too. */
const usedKey = 'models-used';
const Used = z.partialRecord(ModelTask, z.object({ id: ModelId, name: z.string() }).nullable());
type Used = z.infer<typeof Used>;
type Entry = { manifest: ModelManifest; origin: ModelOrigin; folder: string; state: ModelState };

export function createModels(deps: {
  clock: Clock;
  events: Pick<EventRoom, 'note'>;
  store: ModelStore;
  builtIn: readonly ReadyModel[];
  catalogue: readonly ModelManifest[];
  /** It fails again and again: another is chosen, if there is one. */
  rests: (id: ModelId) => boolean;
  setting: { get(key: string): string | null; set(key: string, value: string): void };
  log: Log;
}): ModelRoom {
  const { store, setting, log } = deps;
  const entries = new Map<ModelId, Entry>();
  const listeners = new Set<(id: ModelId | null) => void>();
  /** Downloads that run or wait, one after the other. */
  const downloads = new Map<Entry, { abort: AbortController; ended: Promise<void> }>();
  const stopping = new AbortController();
  let settings = readKept(setting.get(key), ModelSettings, {}, log);
  /** null: it is not known yet which are here. */
  let used: Used | null = null;
  let lastDownload: Promise<void> = Promise.resolve();
  let checking: Promise<void> = Promise.resolve();

  const absent: ModelState = { is: 'absent', haveBytes: 0, fault: null };
  for (const { manifest, folder } of deps.builtIn)
    entries.set(manifest.id, { manifest, origin: 'built-in', folder, state: absent });
  for (const manifest of deps.catalogue)
    entries.set(manifest.id, { manifest, origin: 'catalogue', folder: store.folder(manifest.id), state: absent });

  const tell = (id: ModelId | null): void => {
    for (const listener of listeners) listener(id);
  };
  const become = (entry: Entry, state: ModelState): void => {
    const was = entry.state.is;
    entry.state = state;
    if ((was === 'here') !== (state.is === 'here')) tell(entry.manifest.id);
  };
  const get = (id: ModelId): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw new AppError('NOT_FOUND', 'There is no such model.');
    return entry;
  };
  const viewOf = ({ manifest, origin, state }: Entry): ModelView => ({ manifest, origin, state });
  const useOf = (task: ModelTask): ModelUse => {
    const chosen = settings.chosen[task] ?? null;
    const found = chooseModel([...entries.values()].map(viewOf), task, null, chosen);
    return { task, modelId: found?.model.manifest.id ?? null, why: found?.why ?? null, chosen };
  };
  /** Tells of each task that another model does now; `by`: whose doing it is, null for nobody's. */
  const settleUses = (by: string | null): void => {
    if (used === null) return;
    const now: Used = { ...used };
    for (const { task, modelId, why } of ModelTask.options.map(useOf)) {
      const before = used[task];
      if (before !== undefined && (before?.id ?? null) === modelId) continue;
      const model = modelId === null ? null : { id: modelId, name: entries.get(modelId)?.manifest.name ?? modelId };
      now[task] = model;
      // What does it at the very first start is no change.
      if (before === undefined) continue;
      log.info('another model does a task', { task, model: modelId, was: before?.id ?? null, why, by });
      const atMs = deps.clock.nowMs();
      deps.events.note({
        kind: 'model-changed',
        severity: modelId === null || why === 'stands-in' ? 'warning' : 'info',
        ...{ fromMs: atMs, toMs: atMs },
        data: { task, model: model?.name ?? null, was: before?.name ?? null, why, by },
      });
    }
    used = now;
    setting.set(usedKey, JSON.stringify(now));
  };

  const glance = async (entry: Entry, fault: ModelFault | null = null): Promise<void> => {
    try {
      const { whole, haveBytes } = await store.glance(entry.manifest, entry.folder);
      if (whole) become(entry, { is: 'here' });
      else if (entry.origin === 'catalogue') become(entry, { is: 'absent', haveBytes, fault });
      else
        become(entry, {
          is: 'broken',
          fault: { trouble: 'missing', detail: 'A file of it is not there, or has another size.' },
        });
    } catch (error) {
      become(entry, { is: 'broken', fault: faultOf(error) });
    }
  };
  const isHere = (entry: Entry): boolean => entry.state.is === 'here';
  /** One after the other: reading all models is nothing that hurries. */
  const check = async (): Promise<void> => {
    for (const entry of entries.values()) {
      if (stopping.signal.aborted) return;
      if (!isHere(entry)) continue;
      try {
        await store.verify(entry.manifest, entry.folder);
      } catch (error) {
        if (!isHere(entry)) continue; // it is being got anew
        const fault = faultOf(error);
        log.error('a model is not sound', { model: entry.manifest.id, ...fault });
        become(entry, { is: 'broken', fault });
        settleUses(null);
      }
    }
  };

  const getFiles = async (entry: Entry, aborted: AbortSignal, by: string): Promise<void> => {
    const { manifest } = entry;
    const ofBytes = bytesOfModel(manifest);
    const signal = AbortSignal.any([aborted, stopping.signal]);
    let fault: ModelFault | null = null;
    try {
      signal.throwIfAborted();
      become(entry, { is: 'loading', bytes: 0, ofBytes, waits: false });
      await store.download(manifest, {
        mirror: settings.mirror,
        signal,
        progress(bytes) {
          become(entry, { is: 'loading', bytes, ofBytes, waits: false });
        },
      });
      log.info('a model was downloaded', { model: manifest.id, bytes: ofBytes });
    } catch (error) {
      if (!signal.aborted) {
        fault = faultOf(error);
        log.warn('a model could not be downloaded', { model: manifest.id, ...fault });
      }
    }
    downloads.delete(entry);
    await glance(entry, fault);
    settleUses(by);
  };
  const enqueue = (entry: Entry, by: string): void => {
    if (downloads.has(entry)) return;
    become(entry, { is: 'loading', bytes: 0, ofBytes: bytesOfModel(entry.manifest), waits: true });
    const abort = new AbortController();
    const ended = lastDownload.then(() => getFiles(entry, abort.signal, by));
    downloads.set(entry, { abort, ended });
    lastDownload = ended;
  };

  const known = () => ({ catalogue: deps.catalogue, taken: new Set(entries.keys()) });
  const lookIn = async (path: string): ReturnType<ModelStore['look']> => {
    if (!isAbsolute(path)) throw invalid('path', 'form', 'Give the whole path of a folder on the PC of the station.');
    try {
      return await store.look(path, known());
    } catch (error) {
      throw invalid('path', 'models', faultOf(error).detail);
    }
  };

  const room: ModelRoom = {
    list: () => [...entries.values()].map(viewOf),
    settings: () => settings,
    set(next, caller) {
      for (const [task, id] of Object.entries(next.chosen))
        if (get(id).manifest.task !== task)
          throw invalid('chosen', 'choice', `${id} is for ${get(id).manifest.task}, not for ${task}.`);
      settings = next;
      setting.set(key, JSON.stringify(next));
      settleUses(caller.name);
      log.info('what is said of models was changed', { by: caller.name, mirror: next.mirror });
      tell(null);
    },
    download(id, caller) {
      const entry = get(id);
      if (entry.origin === 'built-in')
        throw new AppError('CONFLICT', 'This model comes with Vigie.', { data: { what: 'built-in' } });
      if (settings.mirror === null && entry.manifest.files.some((f) => f.urls.length === 0))
        throw new AppError('CONFLICT', 'Its manifest names no address to get it from.', {
          data: { what: 'no-address' },
        });
      if (entry.state.is !== 'here') {
        log.info('a model is downloaded', { model: id, by: caller.name });
        enqueue(entry, caller.name);
      }
      return viewOf(entry);
    },
    cancel(id) {
      const entry = get(id);
      downloads.get(entry)?.abort.abort();
      return viewOf(entry);
    },
    async remove(id, caller) {
      const entry = get(id);
      if (entry.origin === 'built-in')
        throw new AppError('CONFLICT', 'This model comes with Vigie.', { data: { what: 'built-in' } });
      const download = downloads.get(entry);
      download?.abort.abort();
      await download?.ended;
      // First nobody is given it any more, then its files go.
      become(entry, absent);
      try {
        await store.remove(id);
      } catch (error) {
        await glance(entry);
        throw new AppError('UNAVAILABLE', faultOf(error).detail, { cause: error, data: { reason: 'disk' } });
      }
      if (entry.origin === 'own') entries.delete(id);
      settleUses(caller.name);
      log.info('a model was removed', { model: id, by: caller.name });
    },
    look: lookIn,
    async takeIn(path, ids, caller) {
      const taken: ModelView[] = [];
      for (const found of await lookIn(path)) {
        const { manifest } = found;
        if (manifest === null || !ids.includes(manifest.id)) continue;
        if (found.fault !== null) throw invalid('path', 'models', found.fault.detail);
        const entry: Entry = entries.get(manifest.id) ?? {
          ...{ manifest, origin: found.origin, folder: store.folder(manifest.id), state: absent },
        };
        if (downloads.has(entry))
          throw new AppError('CONFLICT', 'This model is being downloaded.', { data: { what: 'downloading' } });
        try {
          await store.takeIn({ ...found, manifest }, path);
        } catch (error) {
          throw invalid('path', 'models', faultOf(error).detail);
        }
        entries.set(manifest.id, entry);
        become(entry, { is: 'here' });
        log.info('a model was taken from a folder', { model: manifest.id, path, by: caller.name });
        taken.push(viewOf(entry));
      }
      settleUses(caller.name);
      if (taken.length === 0) throw new AppError('NOT_FOUND', 'None of these models is in that folder.');
      return taken;
    },
    ready(id) {
      const entry = entries.get(id);
      return entry?.state.is === 'here' ? { manifest: entry.manifest, folder: entry.folder } : null;
    },
    choose(task, asked) {
      const all = room.list();
      const ofStation = settings.chosen[task] ?? null;
      const found =
        chooseModel(
          all.filter((m) => !deps.rests(m.manifest.id)),
          task,
          asked,
          ofStation,
        ) ?? chooseModel(all, task, asked, ofStation);
      return found?.model.manifest.id ?? null;
    },
    uses: () => ModelTask.options.map(useOf),
    fault(id, fault) {
      const entry = entries.get(id);
      if (entry?.state.is !== 'here') return;
      become(entry, { is: 'broken', fault });
      settleUses(null);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      const { manifests, faults } = await store.own();
      for (const { folder, fault } of faults) log.error('a model of this station cannot be read', { folder, ...fault });
      for (const manifest of manifests)
        if (!entries.has(manifest.id))
          entries.set(manifest.id, { manifest, origin: 'own', folder: store.folder(manifest.id), state: absent });
      for (const entry of entries.values()) await glance(entry);
      used = readKept(setting.get(usedKey), Used, {}, log);
      settleUses(null);
      checking = check();
    },
    async stop() {
      stopping.abort();
      await Promise.all([lastDownload, checking]);
      listeners.clear();
    },
  };
  return room;
}

const faultOf = (error: unknown): ModelFault => ({
  trouble: error instanceof ModelError ? error.trouble : 'disk',
  detail: (error instanceof Error ? error.message : String(error)).slice(0, 600),
});

function readKept<T>(text: string | null, schema: z.ZodType<T>, usual: unknown, log: Log): T {
  if (text === null) return schema.parse(usual);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    log.error('what was said of models cannot be read', { error: String(error) });
    return schema.parse(usual);
  }
}
