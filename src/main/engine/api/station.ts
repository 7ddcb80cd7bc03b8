import type { Answers } from '#contract/call.ts';
import type { Access } from '../access.ts';
import type { LiveDoor } from '../live-port.ts';
import type { Engine } from '../rooms.ts';

export function stationAnswers(deps: {
  engine: Pick<Engine, 'station' | 'health'>;
  access: Pick<Access, 'firstRun'>;
  live: Pick<LiveDoor, 'viewers'>;
  demoRunning: () => boolean;
  nowMs: () => number;
}): Answers<'station'> {
  const { engine, access, live } = deps;
  const info = () => {
    const { id, name, version } = engine.station.info();
    return { id, name, version, firstRun: access.firstRun(), demo: deps.demoRunning(), nowMs: deps.nowMs() };
  };
  return {
    info: async () => info(),
    health: async () => ({ ...(await engine.health.report()), liveViewers: live.viewers() }),
    rename: async ({ name }) => {
      engine.station.rename(name);
      return info();
    },
  };
}
