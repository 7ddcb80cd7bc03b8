/** Follows the chains of streams: by themselves, against the index of segments, and against what is kept beside the video. */
import { endChain, followChain, startOfChain, type ChainFault } from '#domain/decide/verify-chain.ts';
import type { Finding, FindingCode } from '#domain/integrity.ts';
import type { ChainHead, ChainLink, ChainSeam } from '#domain/segment-chain.ts';
import { segmentPath } from '#domain/segment.ts';
import type { VolumeFiles } from '../../main/adapters/files/index.ts';
import { type CheckedStream, type CheckReader, sha256Text } from '../../main/adapters/sqlite/index.ts';

export type ChainFinding = Finding & { stream: CheckedStream; startMs: number | null };
export type ChainStep = { links: number; findings: ChainFinding[] };

const pageLinks = 5_000;
/** Of what repeats itself in one stream so many are told one by one. */
const mostAlike = 50;

type Say = (code: FindingCode, text: string, startMs?: number | null) => void;

/** Links and seams of a stream in order, a page at a time. */
function* itemsOf(reader: CheckReader, stream: CheckedStream): Generator<ChainLink | ChainSeam> {
  const seams = reader.seams(stream.id);
  let seam = seams.shift();
  for (let from = 1; ; ) {
    const page = reader.links(stream.id, from, pageLinks);
    for (const link of page) {
      for (; seam !== undefined && seam.fromLink < link.link; seam = seams.shift()) yield seam;
      yield link;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageLinks) break;
    from = last.link + 1;
  }
  if (seam !== undefined) yield seam;
  yield* seams;
}

function tellFault(fault: ChainFault, say: Say): void {
  switch (fault.is) {
    case 'changed':
      say('chain-changed', `What is kept of link ${fault.link} is not what was linked.`, fault.startMs);
      return;
    case 'missing': {
      const which =
        fault.fromLink === fault.toLink
          ? `Link ${fault.fromLink} is`
          : `Links ${fault.fromLink} to ${fault.toLink} are`;
      say('chain-missing', `${which} gone, and nothing says why.`);
      return;
    }
    case 'twice':
      say('chain-changed', `Link ${fault.link} is there twice.`);
      return;
    case 'cut':
      say('chain-cut', `The chain ends with link ${fault.link}; its head says ${fault.headLink}.`);
      return;
    case 'head':
      say('chain-cut', `The chain does not end as its head says (link ${fault.link}).`);
      return;
  }
}

/** A link against the row of its segment; the row may have more to say, but nothing else. */
function tellRow(reader: CheckReader, stream: CheckedStream, link: ChainLink, say: Say): void {
  const row = reader.segment(stream.id, link.startMs);
  if (row === null)
    say('link-differs', `Link ${link.link} is of a segment that the index does not have.`, link.startMs);
  else if (row.endMs !== link.endMs || (row.state === 'sealed' && row.bytes !== link.bytes))
    say(
      'link-differs',
      `The index has ${row.bytes} bytes up to ${new Date(row.endMs).toISOString()}; when it was linked it had ${link.bytes} up to ${new Date(link.endMs).toISOString()}.`,
      link.startMs,
    );
}

/** Gathers what is wrong with a stream; of what repeats itself only so much. */
function createSayer(stream: CheckedStream): { say: Say; take(): ChainFinding[]; end(): void } {
  const name = `${stream.folder}/${stream.kind}`;
  const told = new Map<FindingCode, number>();
  let findings: ChainFinding[] = [];
  return {
    say(code, text, startMs = null) {
      const n = (told.get(code) ?? 0) + 1;
      told.set(code, n);
      if (n > mostAlike) return;
      const path = startMs === null ? name : segmentPath(stream.folder, stream.kind, startMs);
      findings.push({ code, path, text, stream, startMs });
    },
    take() {
      const taken = findings;
      findings = [];
      return taken;
    },
    end() {
      for (const [code, n] of told)
        if (n > mostAlike)
          findings.push({ code, path: name, text: `The same of ${n - mostAlike} more links.`, stream, startMs: null });
    },
  };
}

/**
 * What is kept beside the video of one volume says otherwise than the index. `step` is called for each day, and may throw. Rejects with
 * errors of the disk and of the index.
 */
export async function checkLists(deps: {
  reader: CheckReader;
  files: VolumeFiles['chain'];
  stream: CheckedStream;
  step?: () => void;
}): Promise<ChainFinding[]> {
  const { reader, files, stream, step } = deps;
  const { say, take, end } = createSayer(stream);
  const seams = reader.seams(stream.id);
  let ahead = 0;
  for await (const day of files.days(stream)) {
    step?.();
    // After the list: the index has a link first.
    const head = reader.head(stream.id);
    for (const listed of day) {
      if (listed.link > head.link) {
        ahead += 1;
        continue;
      }
      if (seams.some((s) => s.fromLink <= listed.link && listed.link <= s.toLink)) continue;
      const [kept] = reader.links(stream.id, listed.link, 1);
      if (kept?.link !== listed.link || kept.chain === listed.chain) continue; // a missing one is told by the chain itself
      say(
        'list-differs',
        `Index and list beside the video tell different links with number ${listed.link}.`,
        listed.startMs,
      );
    }
  }
  if (ahead > 0) say('chain-cut', `The lists beside the video have ${ahead} links more than the index.`);
  const note = (await files.noted(stream.folder))?.[stream.kind];
  if (note !== undefined) tellNote(reader, stream, note.head, ahead, say);
  end();
  return take();
}

function tellNote(reader: CheckReader, stream: CheckedStream, noted: ChainHead, ahead: number, say: Say): void {
  const head = reader.head(stream.id);
  if (noted.link > head.link) {
    if (ahead === 0)
      say(
        'chain-cut',
        `The note beside the video has link ${noted.link} for its head; the index ends with ${head.link}.`,
      );
    return;
  }
  const [kept] = noted.link === 0 ? [] : reader.links(stream.id, noted.link, 1);
  const seam = reader.seams(stream.id).find((s) => s.toLink === noted.link);
  const value = kept?.link === noted.link ? kept.chain : seam?.chain;
  if (value !== undefined && value !== noted.chain)
    say('list-differs', `The note beside the video has another value for link ${noted.link} than the index.`);
}

/** One step for each 5,000 links of a stream, and one for its lists. Rejects with errors of the disk and of the index. */
export async function* checkChain(deps: {
  reader: CheckReader;
  /** Of the volumes whose lists are looked at too. */
  files: VolumeFiles['chain'][];
  stream: CheckedStream;
}): AsyncGenerator<ChainStep> {
  const { reader, files, stream } = deps;
  const { say, take, end } = createSayer(stream);

  // Noted first: a chain that grows meanwhile is longer than this, never shorter.
  const head = reader.head(stream.id);
  let walk = startOfChain;
  let links = 0;
  for (const item of itemsOf(reader, stream)) {
    if (('link' in item ? item.link : item.fromLink) > head.link) break;
    const [next, faults] = followChain(walk, item, stream, sha256Text);
    walk = next;
    for (const fault of faults) tellFault(fault, say);
    if ('link' in item) {
      tellRow(reader, stream, item, say);
      links += 1;
    }
    if (links >= pageLinks) {
      yield { links, findings: take() };
      links = 0;
    }
  }
  for (const fault of endChain(walk, head)) tellFault(fault, say);
  end();
  const findings = take();
  for (const place of files) findings.push(...(await checkLists({ reader, files: place, stream })));
  yield { links, findings };
}
