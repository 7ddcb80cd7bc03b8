/** The demo site: started and removed on request. */
import { station } from './line.ts';
import { refreshStation } from './session.ts';

export async function startDemo(): Promise<void> {
  await station().demo.start({});
  await refreshStation();
}

/** Removes the demo cameras and their video, and nothing else. */
export async function stopDemo(): Promise<void> {
  await station().demo.stop({});
  await refreshStation();
}
