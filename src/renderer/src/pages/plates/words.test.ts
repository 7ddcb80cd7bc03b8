import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayMs, dayText } from './words.ts';

it('gives a day back as it was typed, the first moment of it and of the one after it', () => {
  const day = fc.date({
    min: new Date('1971-01-02T12:00:00Z'),
    max: new Date('2299-01-01T12:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(day, (d) => {
      const text = d.toISOString().slice(0, 10);
      expect(dayText(dayMs(text))).toBe(text);
      expect(dayText(dayMs(text, 1), 1)).toBe(text);
      expect(dayMs(text, 1)!).toBeGreaterThan(dayMs(text)!);
    }),
  );
  expect([dayMs(''), dayMs('tomorrow'), dayText(null)]).toEqual([null, null, '']);
});
