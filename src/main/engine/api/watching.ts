import type { Answers } from '#contract/call.ts';
import type { LineTallies } from '../watch-port.ts';
import type { WatchRules } from '../watch-rules.ts';

export function watchingAnswers(rules: WatchRules, tallies: LineTallies): Answers<'watching'> {
  return {
    of: async ({ id }) => rules.of(id),
    set: async ({ id, settings }) => rules.set(id, settings),
    addZone: async ({ id, zone }) => rules.addZone(id, zone),
    changeZone: async ({ id, zoneId, version, zone }) => rules.changeZone(id, zoneId, version, zone),
    removeZone: async ({ id, zoneId }) => {
      rules.removeZone(id, zoneId);
      return {};
    },
    addLine: async ({ id, line }) => rules.addLine(id, line),
    changeLine: async ({ id, lineId, version, line }) => rules.changeLine(id, lineId, version, line),
    lineTotals: async ({ id, lineId, days }) => tallies.totals(id, lineId, days),
    removeLine: async ({ id, lineId }) => {
      rules.removeLine(id, lineId);
      return {};
    },
  };
}
