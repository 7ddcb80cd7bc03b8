/** The contract seen from the side that answers: plain functions, no server package. */
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { UserId } from '../domain/id.ts';
import type { Role } from '../domain/user.ts';
import type { Contract } from './contract.ts';

export type Inputs = InferContractRouterInputs<Contract>;
export type Outputs = InferContractRouterOutputs<Contract>;
/** What an answering function is given: the parsed input (defaults filled in). */
type Parsed<N extends keyof Contract, P extends keyof Contract[N]> = Contract[N][P] extends {
  '~orpc': { inputSchema?: infer S };
}
  ? NonNullable<S> extends { _zod: { output: infer O } }
    ? O
    : never
  : never;

export type Caller = { userId: UserId; name: string; role: Role; local: boolean; sessionId: string };

/** Where a session's token goes: a cookie for a browser. Absent on sockets, where nobody can sign in. */
export type SessionDoor = { open(token: string, expiresMs: number): void; close(): void };

/** The part of an `AbortSignal` that matters here; a real one fits. */
export type Signal = {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

export type Call = {
  caller: Caller | null;
  /** Address of the other side, for rate limits and the log. */
  remote: string;
  /** Resume after this id, for procedures that push. */
  lastEventId: string | undefined;
  signal: Signal;
  session: SessionDoor | null;
};

/** One pushed item; `id` is what a client resumes after. */
export type Pushed<T> = { id?: string; value: T };
type Output<O> = [O] extends [AsyncIteratorObject<infer T>] ? AsyncIterable<Pushed<T>> : Promise<O>;

/** The functions that answer one noun of the contract. */
export type Answers<N extends keyof Contract> = {
  [P in keyof Contract[N]]: (
    input: Parsed<N, P>,
    call: Call,
  ) => P extends keyof Outputs[N] ? Output<Outputs[N][P]> : never;
};

/** Every noun. Roles are checked before any of these runs. */
export type AllAnswers = { [N in keyof Contract]: Answers<N> };
