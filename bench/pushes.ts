/** What the station pushes, as a client that follows it gets it: server-sent events (WHATWG HTML, clause 9.2). */
import type { StationProcess } from './station-process.ts';

/** Ends with `signal`, by its reason. */
export async function* pushes<T>(station: StationProcess, path: string, signal: AbortSignal): AsyncGenerator<T> {
  const response = await fetch(`${station.url}/api${path}`, {
    headers: { authorization: `Bearer ${station.token()}`, accept: 'text/event-stream' },
    signal,
  });
  if (!response.ok || response.body === null) throw new Error(`GET ${path}: ${response.status}`);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6))
        .join('');
      if (data !== '') yield JSON.parse(data) as T;
    }
  }
}
