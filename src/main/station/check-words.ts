/** What each kind of finding means and what to do, for the report of `vigie check`. */
import type { FindingCode } from '#domain/integrity.ts';

type Words = { title: (n: number) => string; means: string; todo: string };

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const segments = (n: number, is: string, are: string): string => count(n, `segment ${is}`, `segments ${are}`);

/** In the order of the report: what is lost first, what is harmless last. */
export const checkWords: Record<FindingCode, Words> = {
  'no-file': {
    title: (n) => segments(n, 'is in the index and not on the disk', 'are in the index and not on the disk'),
    means: 'Their video is lost, or its disk is not mounted here.',
    todo: 'Mount the disk and check again. If the files are gone for good, "vigie check --repair" takes them out of the index; their time is a gap then.',
  },
  'hash-differs': {
    title: (n) => segments(n, 'is not as it was recorded', 'are not as they were recorded'),
    means: 'The disk gave back other bytes than were written, or somebody changed the files.',
    todo: 'Check the disk (its SMART values, its cable). If a copy of the file exists, compare that with the hash. Nothing is repaired here.',
  },
  'not-authentic': {
    title: (n) => segments(n, 'does not pass its authentication', 'do not pass their authentication'),
    means: 'Parts of encrypted segments are not as they were written. Those parts are never shown; all others are.',
    todo: 'Check the disk. If a copy of the file exists, compare that with the hash. Nothing is repaired here.',
  },
  'too-short': {
    title: (n) => segments(n, 'is shorter than the index says', 'are shorter than the index says'),
    means: 'The end of their video was lost outside Vigie.',
    todo: '"vigie check --repair" makes the index say what is there; the rest becomes a gap.',
  },
  damaged: {
    title: (n) => segments(n, 'cannot be read to the end', 'cannot be read to the end'),
    means: 'What comes before the damage plays; the rest is lost.',
    todo: 'Check the disk. "vigie check --repair" makes the index say what plays; the rest becomes a gap.',
  },
  unreadable: {
    title: (n) => count(n, 'file that the disk cannot read', 'files that the disk cannot read'),
    means: 'The disk, its cable or its file system fails.',
    todo: 'Copy what can still be read to another disk, and replace this one.',
  },
  'chain-changed': {
    title: (n) => count(n, 'link is not what was linked', 'links are not what was linked'),
    means: 'Somebody or something changed hashes, times or sizes in the index after they were written.',
    todo: 'Compare with the lists beside the video and with a backup of the index. Treat footage of these times as unproved.',
  },
  'chain-missing': {
    title: (n) => count(n, 'place where links are gone without a cause', 'places where links are gone without a cause'),
    means: 'Rows of the index were deleted by something other than Vigie.',
    todo: 'Look for these links in the lists beside the video (main.sha256, sub.sha256) and in a backup of the index.',
  },
  'chain-cut': {
    title: (n) =>
      count(n, 'chain that does not end where it was noted', 'chains that do not end where they were noted'),
    means: 'The index is older than the video (a copy was put back), or links at its end were taken away.',
    todo: 'Start the station: it takes in what the lists beside the video have. If this stays, run "vigie rebuild-index".',
  },
  'list-differs': {
    title: (n) =>
      count(
        n,
        'place where index and lists beside the video differ',
        'places where index and lists beside the video differ',
      ),
    means: 'One of the two was changed after it was written.',
    todo: 'Compare with a backup of the index; "sha256sum -c" in the folder of the day says which of them fits the files.',
  },
  'link-differs': {
    title: (n) =>
      segments(
        n,
        'is told otherwise by the index than when it was linked',
        'are told otherwise by the index than when they were linked',
      ),
    means: 'Its row in the index was changed or deleted after its hash was linked.',
    todo: '"vigie rebuild-index" makes the rows again from the files.',
  },
  'no-row': {
    title: (n) => segments(n, 'is on the disk and not in the index', 'are on the disk and not in the index'),
    means: 'Their video is there but is not shown on the timeline.',
    todo: '"vigie check --repair" takes them in; folders of cameras that the index does not know need "vigie rebuild-index".',
  },
  'end-differs': {
    title: (n) => segments(n, 'ends elsewhere than the index says', 'end elsewhere than the index says'),
    means: 'Their video is there; the timeline is a little off.',
    todo: '"vigie check --repair" makes the index say what the files hold.',
  },
  tail: {
    title: (n) => segments(n, 'has bytes behind its end', 'have bytes behind their end'),
    means: 'Harmless: players stop before them.',
    todo: 'Nothing.',
  },
  'unknown-file': {
    title: (n) => count(n, 'file that is not of Vigie', 'files that are not of Vigie'),
    means: 'Harmless, but nothing of it is looked after.',
    todo: 'Move them elsewhere if they are yours.',
  },
  'volume-away': {
    title: (n) =>
      count(
        n,
        'disk with recordings is not here and could not be looked at',
        'disks with recordings are not here and could not be looked at',
      ),
    means: 'Nothing can be said of what lies there. The index keeps it: it plays again when the disk is back.',
    todo: 'Plug it in or mount it, then check again. If it is gone for good, take it out of the station under Storage.',
  },
  'archive-missing': {
    title: (n) => count(n, 'recording is not at its archive', 'recordings are not at their archive'),
    means:
      'Somebody or something deleted them there. What was moved there is lost; of what was copied there the recording is here.',
    todo: 'Look for them in the archive’s own copies or versions. “Compare” in the station’s list of archives sends copies again.',
  },
  'archive-differs': {
    title: (n) =>
      count(n, 'recording at an archive is not what was sent', 'recordings at an archive are not what was sent'),
    means: 'They were changed or damaged there. They are not played.',
    todo: 'Check the disk or the server of that archive. If it has an older version of the file, put that back.',
  },
  'archive-away': {
    title: (n) => count(n, 'archive could not be looked at', 'archives could not be looked at'),
    means: 'Nothing can be said of what lies there.',
    todo: 'Make it reachable, then check again.',
  },
  index: {
    title: (n) => count(n, 'fault inside the database', 'faults inside the database'),
    means: 'The index itself is damaged; the video is not.',
    todo: '"vigie restore-index" puts back a backup and takes in what was recorded since; "vigie rebuild-index" makes it again from the video.',
  },
  derived: {
    title: (n) => count(n, 'table disagrees with what it is made from', 'tables disagree with what they are made from'),
    means: 'The timeline may show less or more than there is.',
    todo: '"vigie check --repair" makes them again.',
  },
};
