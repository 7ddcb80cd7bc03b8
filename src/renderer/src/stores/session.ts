/** Who is signed in, and to what station. */
import { ORPCError } from '@orpc/client';
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import { includes, type Role } from '#domain/user.ts';
import { learnStationClock, monoMs, sessionCalls } from '../client/index.ts';
import { closeLine, openLine, station } from './line.ts';

export type StationInfo = Outputs['station']['info'];
type SessionAnswer = Outputs['session']['current'];

type SessionState = {
  /** loading: not known yet · unreachable: no answer, being tried again */
  status: 'loading' | 'unreachable' | 'first-run' | 'signed-out' | 'signed-in';
  user: SessionAnswer['user'] | null;
  /** Opened on this PC without a password. */
  local: boolean;
  station: StationInfo | null;
  /** The desktop's one-time ticket, not redeemed yet. */
  ticket: string | null;
};

export const useSession = create<SessionState>(() => ({
  status: 'loading',
  user: null,
  local: false,
  station: null,
  ticket: null,
}));

const set = useSession.setState;

/** Counts log-ins: an answer about an earlier session must not end the present one. */
let logIns = 0;

function signedIn(session: SessionAnswer): void {
  logIns += 1;
  set({ status: 'signed-in', user: session.user, local: session.local, ticket: null });
  openLine(() => void checkSession());
}

/** Takes `#ticket=…` out of the address, so that it is in no history and no screenshot. */
function takeTicket(): string | null {
  const ticket = new URLSearchParams(location.hash.slice(1)).get('ticket');
  if (ticket !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return ticket;
}

async function readStation(): Promise<StationInfo> {
  const sentMs = monoMs();
  const info = await sessionCalls.station();
  learnStationClock(info.nowMs, sentMs, monoMs());
  set({ station: info });
  return info;
}

const isRefusal = (error: unknown): boolean => error instanceof ORPCError && error.status >= 400 && error.status < 500;

/** Finds out where we stand; goes on trying while the station does not answer. Returns the stop. */
export function startSession(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let ticket = takeTicket();
  const look = async (): Promise<void> => {
    try {
      const info = await readStation();
      if (info.firstRun) {
        set({ status: 'first-run', ticket });
        return;
      }
      try {
        signedIn(await sessionCalls.current());
        return;
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      if (ticket !== null) {
        const once = ticket;
        ticket = null;
        try {
          signedIn(await sessionCalls.ticket(once));
          return;
        } catch (error) {
          if (!isRefusal(error)) throw error; // a spent ticket, or one not wanted here: the log-in page follows
        }
      }
      set({ status: 'signed-out' });
    } catch {
      if (stopped) return;
      set({ status: 'unreachable' });
      timer = setTimeout(() => void look(), 1500);
    }
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
    closeLine();
  };
}

/** First run: creates the administrator and signs in. Throws `ORPCError`. */
export async function setUp(name: string, password: string): Promise<void> {
  const session = await sessionCalls.setup(name, password);
  await readStation();
  signedIn(session);
}

/** First run on the desktop: no log-in on this PC. Throws `ORPCError`. */
export async function enterThisPc(ticket: string): Promise<void> {
  const session = await sessionCalls.ticket(ticket);
  await readStation();
  signedIn(session);
}

export async function logIn(name: string, password: string): Promise<void> {
  signedIn(await sessionCalls.login(name, password));
}

export async function logOut(): Promise<void> {
  try {
    await sessionCalls.logout();
  } finally {
    closeLine();
    set({ status: 'signed-out', user: null, local: false });
  }
}

/** A line broke or was refused: are we still who we were? If not, the log-in page follows. */
export async function checkSession(): Promise<void> {
  const asked = logIns;
  try {
    const session = await sessionCalls.current();
    if (asked === logIns) set({ user: session.user, local: session.local });
  } catch (error) {
    const gone = error instanceof ORPCError && error.status === 401;
    if (!gone || asked !== logIns) return;
    closeLine();
    set({ status: 'signed-out', user: null, local: false });
  }
}

export async function refreshStation(): Promise<void> {
  await readStation();
}

export async function renameStation(name: string): Promise<void> {
  set({ station: await station().station.rename({ name }) });
}

export async function changePassword(old: string, password: string): Promise<void> {
  await station().users.changePassword({ old, password });
}

/** Whether who is signed in has at least this role. */
export const useMay = (role: Role): boolean => useSession((s) => s.user !== null && includes(s.user.role, role));

/** The same, asked once outside of a component. */
export const mayNow = (role: Role): boolean => {
  const { user } = useSession.getState();
  return user !== null && includes(user.role, role);
};
