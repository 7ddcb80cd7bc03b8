import type { APIRequestContext } from 'playwright-core';

type Camera = { id: string; name: string };

/**
 * Switches the station's own analysis off for all cameras but those of `except`. It fills a core and more of two, and tells
 * something whenever it likes, which is nothing to tests of other things. `request` is signed in.
 */
export async function leaveUnwatched(
  request: APIRequestContext,
  url: string,
  except: readonly string[] = [],
): Promise<void> {
  const cameras = (await (await request.get(`${url}/api/cameras`)).json()) as Camera[];
  for (const { id, name } of cameras.filter((c) => !except.includes(c.name))) {
    const answer = await request.put(`${url}/api/cameras/${id}/watching`, {
      data: { settings: { mode: 'off' } },
      headers: { origin: url },
    });
    if (!answer.ok()) throw new Error(`${name} is watched on: ${await answer.text()}`);
  }
}
