/** The demo site. */
import { administrator, none } from './base.ts';

export const demo = {
  start: administrator.route({ method: 'POST', path: '/demo' }).input(none).output(none),
  /** Removes the demo cameras and their video, and nothing else. */
  stop: administrator.route({ method: 'DELETE', path: '/demo' }).input(none).output(none),
};
