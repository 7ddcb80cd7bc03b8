/** The contract layer: every procedure of the contract behind one gate, answered by the engine's plain functions. */
import { ORPCError, ValidationError, implement, withEventMeta, type AnyRouter } from '@orpc/server';
import { getEventIteratorSchemaDetails, type AnyContractProcedure, type AnySchema } from '@orpc/contract';
import type { AllAnswers, Call, Pushed } from '#contract/call.ts';
import { contract } from '#contract/contract.ts';
import { AppError, errors } from '#contract/error.ts';
import { issuesOf } from '#contract/issue.ts';
import { Role, includes } from '#domain/user.ts';
import type { Log } from '#lib/log.ts';
import type { z } from 'zod';
import { isErrorCode } from './refusal.ts';

/** What a transport knows of a call before it is decoded. */
export type CallContext = Pick<Call, 'caller' | 'remote' | 'session'>;

export type ContractRoute = {
  noun: string;
  name: string;
  procedure: AnyContractProcedure;
  /** null: the contract names no role, so nobody may call it. */
  role: 'public' | Role | null;
  method: string;
  path: string;
  /** It is answered by pushes (server-sent events) and not once. */
  pushes: boolean;
};

/** Every procedure of the contract with its role and REST address. */
export function contractRoutes(): ContractRoute[] {
  const nouns: Record<string, Record<string, AnyContractProcedure>> = contract;
  return Object.entries(nouns).flatMap(([noun, procedures]) =>
    Object.entries(procedures).map(([name, procedure]) => {
      const { route } = procedure['~orpc'];
      if (!route.method || !route.path) throw new Error(`${noun}.${name} has no REST address`);
      const output = procedure['~orpc'].outputSchema as AnySchema | undefined;
      const pushes = getEventIteratorSchemaDetails(output) !== undefined;
      return { noun, name, procedure, role: roleOf(procedure), method: route.method, path: route.path, pushes };
    }),
  );
}

function roleOf(procedure: AnyContractProcedure): 'public' | Role | null {
  const meta = procedure['~orpc'].meta as { role?: unknown };
  if (meta.role === 'public') return 'public';
  const role = Role.safeParse(meta.role);
  return role.success ? role.data : null;
}

type Answer = (input: unknown, call: Call) => Promise<unknown> | AsyncIterable<Pushed<object>>;
const isStream = (answer: ReturnType<Answer>): answer is AsyncIterable<Pushed<object>> =>
  Symbol.asyncIterator in answer;

/** Inputs and outputs are checked inside the gate: nobody learns from a refusal what a procedure would have taken. */
const insideTheGate = { initialInputValidationIndex: 1, initialOutputValidationIndex: 1 };

/** Makes the server's router. What an answer throws reaches the wire as a code and a sentence, never as a stack. */
export function createRouter(
  answers: AllAnswers,
  log: Log,
  /** What a call wrote is durable when its answer comes. */
  durably: <T>(work: () => Promise<T>) => Promise<T>,
): AnyRouter {
  const functions = answers as unknown as Record<string, Record<string, Answer>>;
  const router: Record<string, AnyRouter> = {};
  for (const { noun, name, procedure, role, method } of contractRoutes()) {
    const answer = functions[noun]?.[name];
    if (!answer) throw new Error(`nothing answers ${noun}.${name}`);
    const where = `${noun}.${name}`;
    const implemented = implement(procedure, insideTheGate)
      .$context<CallContext>()
      .use(async ({ context, next }) => {
        const { caller } = context;
        if (role !== 'public') {
          if (!caller) throw onWire(new AppError('UNAUTHENTICATED'), where, log);
          if (role === null || !includes(caller.role, role)) throw onWire(new AppError('FORBIDDEN'), where, log);
        }
        try {
          return await next();
        } catch (error) {
          throw onWire(error, where, log);
        }
      })
      .handler(async ({ input, context, lastEventId, signal }) => {
        const call: Call = { ...context, lastEventId, signal: signal ?? new AbortController().signal };
        if (method !== 'GET') return await durably(async () => await (answer(input, call) as Promise<unknown>));
        const answered = answer(input, call);
        return isStream(answered) ? pushes(answered, call.signal, where, log) : await answered;
      });
    router[noun] = { ...(router[noun] as Record<string, AnyRouter> | undefined), [name]: implemented };
  }
  return router;
}

async function* pushes(items: AsyncIterable<Pushed<object>>, signal: Call['signal'], where: string, log: Log) {
  try {
    for await (const { id, value } of items) {
      if (signal.aborted) return;
      yield id === undefined ? value : withEventMeta(value, { id });
    }
  } catch (error) {
    if (signal.aborted) return; // the follower is gone; nobody waits for a reason
    throw onWire(error, where, log);
  }
}

/** Any failure as what a client may know of it. Whatever is not one of the contract's codes is logged and becomes FAILED. */
export function onWire(error: unknown, where: string, log: Log): ORPCError<string, unknown> {
  if (error instanceof AppError) return wire(error.code, error.message, error.data);
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
      // The contract's schemas are all of one maker: what they find is told in its form.
      const issues = issuesOf(error.cause.issues as z.core.$ZodIssue[], error.cause.data);
      const first = issues[0];
      const message = first ? `${first.path === '' ? 'Input' : first.path}: ${first.message}` : undefined;
      return wire('INVALID', message, { issues: issues.slice(0, 50) });
    }
    const code = String(error.code);
    if (isErrorCode(code) && code !== 'FAILED') return wire(code, error.message, error.data);
  }
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  log.error('a call failed', {
    call: where,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    ...(cause instanceof Error && cause !== error ? { cause: cause.message } : {}),
  });
  return wire('FAILED');
}

function wire(code: keyof typeof errors, message?: string, data?: unknown): ORPCError<string, unknown> {
  const { status, message: usual } = errors[code];
  return new ORPCError<string, unknown>(code, { defined: true, status, message: message ?? usual, data });
}
