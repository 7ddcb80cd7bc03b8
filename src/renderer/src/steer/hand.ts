/** All that can turn one head from here (keys, ring, wheel, stick, buttons), added up and held as one. */
import type { PtzVelocity } from '#domain/ptz.ts';
import { createDeadMan } from './dead-man.ts';
import { isStill, sameVelocity, scaled, sumOf } from './velocity.ts';

export type Hand = {
  /** What one source wants, −1 … 1 of the chosen speed; null: it lets go. */
  set(source: string, velocity: PtzVelocity | null): void;
  /** For a short while, as a wheel does; again goes on. */
  pulse(source: string, velocity: PtzVelocity): void;
  /** Everything lets go. */
  release(): void;
  end(): void;
};

const pulseMs = 220;

export function createHand(deps: {
  move(velocity: PtzVelocity): Promise<unknown>;
  stop(): Promise<unknown>;
  /** Greatest speed, 0 … 1. */
  speed(): number;
}): Hand {
  const sources = new Map<string, PtzVelocity>();
  const pulses = new Map<string, ReturnType<typeof setTimeout>>();
  const deadMan = createDeadMan<PtzVelocity>({ go: deps.move, stop: deps.stop, same: sameVelocity });

  function tell(): void {
    const sum = scaled(sumOf(sources.values()), deps.speed());
    deadMan.hold(isStill(sum) ? null : sum);
  }
  function set(source: string, velocity: PtzVelocity | null): void {
    clearTimeout(pulses.get(source));
    pulses.delete(source);
    if (velocity === null) sources.delete(source);
    else sources.set(source, velocity);
    tell();
  }
  function release(): void {
    for (const timer of pulses.values()) clearTimeout(timer);
    pulses.clear();
    sources.clear();
    tell();
  }
  return {
    set,
    pulse(source, velocity) {
      set(source, velocity);
      pulses.set(
        source,
        setTimeout(() => {
          set(source, null);
        }, pulseMs),
      );
    },
    release,
    end() {
      release();
      deadMan.end();
    },
  };
}
