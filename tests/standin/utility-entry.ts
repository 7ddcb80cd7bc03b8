/** Loaded first in a forked "utility process": gives it `process.parentPort` in place of the process channel. */
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    send?.(message);
  }
}
const send = process.send?.bind(process);
const parentPort = new ParentPort();
const early: unknown[] = [];
// Electron keeps messages until somebody listens.
parentPort.on('newListener', (name) => {
  if (name === 'message')
    setImmediate(() => early.splice(0).forEach((data) => parentPort.emit('message', { data, ports: [] })));
});
process.on('message', (data) => {
  if (parentPort.listenerCount('message') > 0) parentPort.emit('message', { data, ports: [] });
  else early.push(data);
});
process.on('disconnect', () => process.exit());
// Under Electron there is no process.send.
Object.assign(process, { parentPort, send: undefined, type: 'utility', resourcesPath: process.env.STANDIN_RESOURCES });
Object.defineProperty(process.versions, 'electron', {
  value: process.env.STANDIN_VERSION ?? '0.0.0',
  enumerable: true,
});
