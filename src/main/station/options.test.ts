import { describe, expect, it } from 'vitest';
import { codeCacheFolder, defaultDataFolder } from './config.ts';
import { readOptions } from './options.ts';
import { redact, redactFields } from './redact.ts';

describe('the command line', () => {
  it('reads what people expect', () => {
    expect(readOptions([])).toEqual({
      command: 'run',
      archive: false,
      eval: null,
      demo: false,
      data: null,
      port: null,
      listen: '127.0.0.1',
      tls: null,
      repair: false,
      hashes: false,
      json: false,
      file: null,
      decrypt: null,
      keychain: false,
      keyFile: false,
    });
    expect(readOptions(['run', '--demo', '--headless', '--data', '/x', '--port=0', '--listen', '::1'])).toMatchObject({
      command: 'run',
      demo: true,
      data: '/x',
      port: 0,
      listen: '::1',
    });
    expect(readOptions(['check', '--repair']).repair).toBe(true);
    expect(readOptions(['restore-index', 'a.db'])).toMatchObject({ command: 'restore-index', file: 'a.db' });
    expect(readOptions(['check', '--help']).command).toBe('help');
    expect(readOptions(['decrypt', 'a.mp4', 'b.mp4', '--out', 'plain']).decrypt).toEqual({
      segments: ['a.mp4', 'b.mp4'],
      out: 'plain',
      keysFile: null,
      passphraseFile: null,
    });
    expect(readOptions(['-V']).command).toBe('version');
    expect(readOptions(['--tls-cert', 'c', '--tls-key', 'k']).tls).toEqual({ certPath: 'c', keyPath: 'k' });
  });

  it.each([
    [['--port', '70000'], /0 to 65535/],
    [['--port'], /port/],
    [['--data', ''], /needs a folder/],
    [['run', 'fast'], /one word too many/],
    [['--tls-key', 'k'], /together/],
    [['decrypt', '--out', 'x'], /at least one/],
    [['decrypt', 'a.mp4'], /needs --out/],
    [['check', '--out', 'x'], /belongs to the command "decrypt"/],
    [['run', '--hashes'], /belongs to the command "check"/],
    [['eval'], /needs a folder/],
    [['eval', 'x', '--rate', '99'], /--rate needs a number/],
    [['run', '--model', 'x'], /belongs to the command "eval"/],
  ])('says in one sentence what is wrong with %j', (args, text) => {
    expect(() => readOptions(args)).toThrow(text);
  });

  it('keeps data where each system keeps such things', () => {
    expect(defaultDataFolder('linux', {}, '/home/ana')).toBe('/home/ana/.local/share/vigie');
    expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/d' }, '/home/ana')).toBe('/d/vigie');
    expect(defaultDataFolder('linux', { XDG_DATA_HOME: 'relative' }, '/home/ana')).toBe('/home/ana/.local/share/vigie');
    expect(defaultDataFolder('darwin', {}, '/Users/ana')).toBe('/Users/ana/Library/Application Support/Vigie');
    expect(defaultDataFolder('win32', { LOCALAPPDATA: 'C:/L' }, 'C:/U')).toMatch(/^C:.L.Vigie$/);
  });
});

describe('the log', () => {
  it('shows no secret and stays one line', () => {
    expect(redact('cannot reach rtsp://ana:pa@ss@10.0.0.1/x')).toBe('cannot reach rtsp://10.0.0.1/x');
    expect(redact('Authorization: Digest username="a", response="b"\nnext')).not.toContain('Digest');
    expect(redact('?password=abc&x=1')).toBe('?password=[hidden]&x=1');
    expect(redact('rtsp://10.0.0.1/user=a_password=b_channel=1')).not.toContain('b_ch');
    expect(redact('a\r\nb')).toBe('a | b');
    expect(redactFields({ password: 'x', url: 'rtsp://a:b@c/', n: 1, gone: undefined })).toEqual({
      password: '[hidden]',
      url: 'rtsp://c/',
      n: 1,
    });
  });
});

it('keeps compiled code where each system keeps what can be made again', () => {
  expect(codeCacheFolder('linux', {}, '/home/ana')).toBe('/home/ana/.cache/vigie/code');
  expect(codeCacheFolder('linux', { XDG_CACHE_HOME: '/var/c' }, '/home/ana')).toBe('/var/c/vigie/code');
  expect(codeCacheFolder('linux', { XDG_CACHE_HOME: 'c' }, '/home/ana')).toBe('/home/ana/.cache/vigie/code');
  expect(codeCacheFolder('darwin', {}, '/Users/ana')).toBe('/Users/ana/Library/Caches/Vigie/code');
  expect(codeCacheFolder('win32', { LOCALAPPDATA: '/l' }, '/u')).toBe('/l/Vigie/Code cache');
});
