import { describe, expect, test } from 'vitest';
import { readOptions, remoteStation } from './options.ts';

describe('options of the desktop app', () => {
  test('what belongs to the station is passed on, Chromium switches and the app folder are not', () => {
    expect(readOptions(['--no-sandbox', '.', '--demo', '--data=/v', '--port', '8711', '--inspect'])).toEqual({
      stationArgs: ['--demo', '--data', '/v', '--port', '8711'],
      remote: null,
    });
  });
  test.each([[['--data']], [['--data', '--demo']], [['--port=']]])('%j lacks a value', (args) => {
    expect(() => readOptions(args)).toThrow(/needs a value/);
  });
  test.each([
    ['https://gate.example:8710/wall?x=1', 'https://gate.example:8710'],
    ['gate.example', 'https://gate.example'],
    ['http://127.0.0.1:8710', 'http://127.0.0.1:8710'],
  ])('%s is the station %s', (given, origin) => expect(remoteStation(given).origin).toBe(origin));
  test.each([
    'http://gate.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://ann:secret@gate.example',
    'https://',
  ])('%s is refused', (given) => {
    expect(() => remoteStation(given)).toThrow();
  });
});
