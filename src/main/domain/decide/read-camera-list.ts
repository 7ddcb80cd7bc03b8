/**
 * Reads a list of cameras as spreadsheets write it: RFC 4180 with `,` or `;` or tab, a byte-order mark, quoted fields, and
 * a head in English, French or Portuguese. Pure; adds nothing, asks nobody. Every line says what is wrong with it.
 */
import { CameraName, CameraNumber } from '../camera.ts';
import { DeviceUrl } from '../device.ts';
import type { ListLine } from '../finding.ts';
import type { RecordingPreset } from '../recording-plan.ts';
import { StreamUrl } from '../stream.ts';
import { readCsv } from './read-csv.ts';

export const listColumns = ['name', 'address', 'user', 'password', 'sub', 'group', 'number', 'record'] as const;
export type ListColumn = (typeof listColumns)[number];

/** Heads without accents, spaces and signs, in lower case. */
const heads: Record<ListColumn, string[]> = {
  name: ['name', 'camera', 'cameraname', 'nom', 'nomdelacamera', 'nome', 'nomedacamara', 'nomedacamera', 'camara'],
  address: [
    'address',
    'url',
    'rtsp',
    'host',
    'ip',
    'ipaddress',
    'adresse',
    'adresseip',
    'hote',
    'endereco',
    'enderecoip',
  ],
  user: ['user', 'username', 'login', 'utilisateur', 'identifiant', 'utilizador', 'usuario'],
  password: ['password', 'motdepasse', 'mdp', 'palavrapasse', 'senha'],
  sub: ['sub', 'substream', 'sousflux', 'fluxsecondaire', 'fluxosecundario', 'subfluxo'],
  group: ['group', 'floor', 'groupe', 'etage', 'grupo', 'piso', 'andar'],
  number: ['number', 'no', 'numero', 'num', 'n'],
  record: ['record', 'recording', 'enregistrer', 'enregistrement', 'gravar', 'gravacao'],
};
/** What stands in the column for when it is recorded; empty is always. */
const always = ['', '1', 'yes', 'true', 'on', 'oui', 'vrai', 'sim', 'verdadeiro', 'x', 'always', 'toujours', 'sempre'];
const never = ['0', 'no', 'false', 'off', 'non', 'faux', 'nao', 'falso', 'never', 'jamais', 'nunca'];
const onEvents = [
  'events',
  'event',
  'motion',
  'evenements',
  'evenement',
  'mouvement',
  'eventos',
  'evento',
  'movimento',
];
const recordWords: [RecordingPreset, string[]][] = [
  ['always', always],
  ['never', never],
  ['events', onEvents],
  ['low-high', ['lowhigh']],
];

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');

/** One good line. `device`: an ONVIF device that must be asked for its streams; else `main` is given. */
export type ListedCamera = {
  line: number;
  name: string | null;
  device: string | null;
  main: string | null;
  sub: string | null;
  username: string | null;
  password: string | null;
  group: string | null;
  number: number | null;
  recording: RecordingPreset;
};

export type CameraList = { lines: ListLine[]; cameras: ListedCamera[]; ok: boolean };

/** `known` says whether an address (stream or device) is here already, `taken` whether a number is. */
export function readCameraList(
  text: string,
  has: { known(address: string): boolean; taken(number: number): boolean },
): CameraList {
  const records = readCsv(text);
  const lines: ListLine[] = [];
  const cameras: ListedCamera[] = [];
  const [head, ...rows] = records;
  if (head === undefined) return { lines: [fault(1, 'address', 'missing')], cameras, ok: false };
  const columns = head.fields.map((f): ListColumn | null => {
    const word = plain(f);
    return listColumns.find((c) => heads[c].includes(word)) ?? null;
  });
  const headIssues: ListLine['issues'] = [];
  if (head.broken) headIssues.push({ column: '', message: 'broken-quotes' });
  for (const [i, c] of columns.entries()) {
    const title = head.fields[i] ?? '';
    if (c === null && title.trim() !== '') headIssues.push({ column: title.slice(0, 80), message: 'unknown-value' });
    else if (c !== null && columns.indexOf(c) !== i) headIssues.push({ column: c, message: 'too-many-fields' });
  }
  if (!columns.includes('address')) headIssues.push({ column: 'address', message: 'missing' });
  if (headIssues.length > 0) lines.push({ line: head.line, name: '', address: '', issues: headIssues.slice(0, 16) });
  if (!columns.includes('address')) return { lines, cameras, ok: false };

  const addresses = new Set<string>();
  const numbers = new Set<number>();
  for (const row of rows) {
    const field = (c: ListColumn): string => row.fields[columns.indexOf(c)] ?? '';
    if (!row.broken && row.fields.every((f) => f.trim() === '')) continue;
    const { camera, issues } = readRow(row.line, field);
    if (row.broken) issues.unshift({ column: '', message: 'broken-quotes' });
    if (row.fields.length > columns.length) issues.push({ column: '', message: 'too-many-fields' });
    const address = camera.device ?? camera.main;
    if (address !== null) {
      if (has.known(address)) issues.push({ column: 'address', message: 'known-already' });
      if (addresses.has(address.toLowerCase())) issues.push({ column: 'address', message: 'address-twice' });
      addresses.add(address.toLowerCase());
    }
    if (camera.number !== null) {
      if (has.taken(camera.number)) issues.push({ column: 'number', message: 'number-taken' });
      if (numbers.has(camera.number)) issues.push({ column: 'number', message: 'number-twice' });
      numbers.add(camera.number);
    }
    lines.push({
      line: row.line,
      name: field('name').trim().slice(0, 200),
      address: shown(field('address')).slice(0, 2048),
      issues: issues.slice(0, 16),
    });
    if (issues.length === 0) cameras.push(camera);
  }
  return { lines, cameras, ok: cameras.length > 0 && lines.every((l) => l.issues.length === 0) };
}

const fault = (line: number, column: string, message: ListLine['issues'][number]['message']): ListLine => ({
  line,
  name: '',
  address: '',
  issues: [{ column, message }],
});

/** An address without user and password, for showing. */
const shown = (address: string): string => address.trim().replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');

function readRow(line: number, field: (c: ListColumn) => string): { camera: ListedCamera; issues: ListLine['issues'] } {
  const issues: ListLine['issues'] = [];
  const say = (column: ListColumn, message: ListLine['issues'][number]['message']): void => {
    issues.push({ column, message });
  };
  const limited = (c: ListColumn, most: number): string | null => {
    const value = c === 'password' ? field(c) : field(c).trim();
    if (value.length > most) say(c, 'too-long');
    return value === '' ? null : value;
  };
  const address = readAddress(field('address').trim());
  if (address.issue !== null) say('address', address.issue);
  const name = limited('name', 80);
  if (name === null ? address.main !== null : !CameraName.safeParse(name).success) {
    if (name === null) say('name', 'missing');
  }
  const sub = readAddress(field('sub').trim());
  if (field('sub').trim() !== '' && sub.main === null) say('sub', 'bad-address');
  const numberText = field('number').trim();
  const number = /^\d{1,9}$/.test(numberText) ? CameraNumber.safeParse(Number(numberText)) : null;
  if (numberText !== '' && number?.success !== true) say('number', 'bad-number');
  const recordWord = plain(field('record'));
  const recording = recordWords.find(([, words]) => words.includes(recordWord))?.[0];
  if (recording === undefined) say('record', 'unknown-value');
  return {
    camera: {
      line,
      name,
      device: address.device,
      main: address.main,
      sub: sub.main,
      username: limited('user', 128) ?? address.username,
      password: limited('password', 256) ?? address.password,
      group: limited('group', 80),
      number: number?.data ?? null,
      recording: recording ?? 'always',
    },
    issues,
  };
}

type ReadAddress = {
  device: string | null;
  main: string | null;
  username: string | null;
  password: string | null;
  issue: 'missing' | 'bad-address' | null;
};
const nowhere: ReadAddress = { device: null, main: null, username: null, password: null, issue: null };

/** An RTSP address (user and password in it are taken out), an ONVIF address, or a host with or without a port. */
function readAddress(text: string): ReadAddress {
  if (text === '') return { ...nowhere, issue: 'missing' };
  const bad: ReadAddress = { ...nowhere, issue: 'bad-address' };
  const parts = /^(rtsps?|https?):\/\/(?:([^/?#@]*)@)?(.*)$/is.exec(text);
  if (parts === null) {
    const host = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?)(:\d{1,5})?$/i.test(text);
    return host ? { ...nowhere, device: `http://${text}/onvif/device_service` } : bad;
  }
  const [, scheme = '', user, rest = ''] = parts;
  const url = `${scheme.toLowerCase()}://${rest}`;
  const colon = user?.indexOf(':') ?? -1;
  const username = user === undefined ? null : decoded(colon < 0 ? user : user.slice(0, colon));
  const password = user === undefined || colon < 0 ? null : decoded(user.slice(colon + 1));
  if (url.startsWith('rtsp'))
    return StreamUrl.safeParse(url).success ? { ...nowhere, main: url, username, password } : bad;
  const device = /^https?:\/\/[^/]+\/?$/i.test(url) ? `${url.replace(/\/$/, '')}/onvif/device_service` : url;
  return DeviceUrl.safeParse(device).success ? { ...nowhere, device, username, password } : bad;
}

function decoded(text: string): string | null {
  if (text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is meant as it stands
  }
}
