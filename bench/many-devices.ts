/**
 * Virtual ONVIF devices in a process of their own: node bench/many-devices.ts --count 200 [--host ADDRESS] [--no-discovery]. Prints one line of JSON
 * `{ urls, rtspPort, username, password }` when all listen, answers each line on its standard input with one of
 * `{ subscriptions, refusals }` (all devices together), and ends when its standard input does.
 */
import { createInterface } from 'node:readline';
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
    host: { type: 'string', default: '127.0.0.1' },
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
  host: values.host,
  discovery: values['no-discovery'] ? null : { interfaces: [values.host] },
});
const urls = await many.start();
process.stdout.write(`${JSON.stringify({ urls, rtspPort: many.rtspPort(), ...user })}\n`);
const asked = createInterface({ input: process.stdin });
asked.on('line', () => {
  const devices = many.devices();
  const subscriptions = devices.reduce((sum, device) => sum + device.hub.count(), 0);
  const refusals = devices.reduce((sum, device) => sum + device.refusals().count, 0);
  process.stdout.write(`${JSON.stringify({ subscriptions, refusals })}\n`);
});
asked.once('close', () => {
  void many.stop().then(() => process.exit(0));
});
