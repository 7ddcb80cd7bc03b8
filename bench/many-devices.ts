/**
 * Virtual ONVIF devices in a process of their own: node bench/many-devices.ts --count 200 [--no-discovery]. Prints one line of JSON
 * `{ urls, rtspPort, username, password }` when all listen, and ends when its standard input does.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createManyDevices } from '../src/main/demo/many-devices.ts';
import { systemClock } from '../src/main/lib/clock.ts';
import { quietLog } from '../src/main/lib/log.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    password: { type: 'string', default: 'bench' },
    site: { type: 'string', default: String(process.pid) },
    'no-discovery': { type: 'boolean', default: false },
  },
});
const user = { username: 'demo', password: values.password };
const many = createManyDevices({
  clock: systemClock,
  log: quietLog,
  dir: resolve(import.meta.dirname, '../resources/demo'),
  count: Number(values.count),
  user,
  site: values.site,
  ...(values['no-discovery'] && { discovery: null }),
});
const urls = await many.start();
process.stdout.write(`${JSON.stringify({ urls, rtspPort: many.rtspPort(), ...user })}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void many.stop().then(() => process.exit(0));
});
