import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createStandardError } from './standard-error.ts';

it('says nothing more where nobody reads it, tells that once, and throws nothing', async () => {
  const taken: string[] = [];
  let reader = true;
  const pipe = new Writable({
    autoDestroy: false, // as that of a process
    decodeStrings: false,
    write(line: string, _, done) {
      if (reader) taken.push(line);
      done(reader ? null : Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const told: string[] = [];
  const say = createStandardError(pipe, (error) => {
    told.push(error.message);
    say('told here too');
  });
  say('one');
  reader = false;
  const failed = once(pipe, 'error').catch((error: unknown) => [error]);
  say('two');
  say('three');
  await failed;
  reader = true;
  say('four');
  expect(taken).toEqual(['one\n']);
  expect(told).toEqual(['write EPIPE']);
});
