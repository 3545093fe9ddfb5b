import assert from 'node:assert/strict';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { recordAttributes as attribute } from '../../../contract/record/record-attributes.ts';
import { type FencedPersistenceLayer, makeDurableIdempotent } from '../../../runtime/powertools/index.ts';
import { deferred } from '../../support/deferred.ts';
import { atWork, clock, contextOf, fenced, gate, type Input, keyPrefix, leaseMs } from './calls.ts';
import {
  hashOf,
  inProgress,
  isFenced,
  type LayerCase,
  minute,
  otherPayload,
  type Scene,
  validated,
} from './layer-scene.ts';

/** As the SDK for durable functions gives it to a handler. */
interface DurableContext {
  readonly step: () => void;
  readonly durableExecutionMode: 'ExecutionMode' | 'ReplayMode';
  readonly lambdaContext: ReturnType<typeof contextOf>;
  readonly executionContext: { readonly durableExecutionArn: string };
}

type Handler<R> = (input: Input, context: DurableContext) => Promise<R>;
type Options = { persistenceStore: BasePersistenceLayer; config: IdempotencyConfig; keyPrefix: string };
type Wrap = <R>(handler: Handler<R>, options: Options) => Handler<R>;

const powertools: Wrap = (handler, options) => makeIdempotent(handler, options) as typeof handler;
const ours: Wrap = makeDurableIdempotent;

interface Invocation {
  readonly execution?: string;
  readonly mode?: DurableContext['durableExecutionMode'];
  readonly remaining?: number;
  readonly body?: string;
  readonly options?: Parameters<typeof fenced>[0];
  readonly config?: ConstructorParameters<typeof IdempotencyConfig>[0];
}

/** One invocation of a durable function, in a process of its own. */
function invoke<R>(
  scene: Scene,
  wrap: Wrap,
  act: (input: Input, layer: FencedPersistenceLayer) => R | Promise<R>,
  invocation: Invocation = {},
) {
  const { execution, mode, remaining } = invocation;
  const { body = 'body', options = {}, config = {} } = invocation;
  const persistenceStore = fenced(options).layer(scene.client) as FencedPersistenceLayer;
  const handler = wrap(async (input) => await act(input, persistenceStore), {
    persistenceStore,
    config: new IdempotencyConfig({ eventKeyJmesPath: 'key', ...validated, ...config }),
    keyPrefix,
  });
  return handler(scene.input(body), durableContext(execution, mode, remaining));
}

function durableContext(
  durableExecutionArn = 'arn:a',
  durableExecutionMode: DurableContext['durableExecutionMode'] = 'ExecutionMode',
  remaining = minute,
): DurableContext {
  const executionContext = { durableExecutionArn };
  return { step() {}, durableExecutionMode, lambdaContext: contextOf(remaining), executionContext };
}

/** An invocation whose handler waits: the SDK suspends the execution, and the handler never ends. */
async function suspended(scene: Scene, wrap: Wrap, invocation?: Invocation): Promise<void> {
  const { promise: started, resolve: start } = deferred<void>();
  const running = invoke(
    scene,
    wrap,
    () => {
      start();
      return new Promise<never>(() => {});
    },
    invocation,
  );
  await Promise.race([started, running]);
}

const named = (error: Error) => error.name;
const replay = { mode: 'ReplayMode' } as const;

function forBoth(name: string, run: (scene: Scene, wrap: Wrap) => Promise<void>): LayerCase[] {
  return [
    { name: `${name}, with Powertools' makeIdempotent`, run: (scene) => run(scene, powertools) },
    { name: `${name}, with makeDurableIdempotent`, run: (scene) => run(scene, ours) },
  ];
}

export const durableCases: readonly LayerCase[] = [
  ...forBoth('a replay of a durable execution completes what it began', async (scene, wrap) => {
    await suspended(scene, wrap);
    const began = await scene.found();
    assert.equal(await invoke(scene, wrap, () => 'done', replay), 'done');
    const record = await scene.found();
    assert.equal(record?.[attribute.status], 'COMPLETED');
    assert.equal(record?.[attribute.firstAttemptAt], began?.[attribute.firstAttemptAt]);
    assert.equal(await invoke(scene, wrap, () => 'again', { execution: 'arn:b' }), 'done');
  }),
  ...forBoth('a replay continues although the lease of its first invocation is over', async (scene, wrap) => {
    await suspended(scene, wrap, { remaining: leaseMs });
    await scene.kind.leaseIsOver();
    assert.equal(await invoke(scene, wrap, () => 'done', replay), 'done');
    assert.equal((await scene.found())?.[attribute.status], 'COMPLETED');
  }),
  ...forBoth('a replay knows when its execution began', async (scene, wrap) => {
    await suspended(scene, wrap);
    clock.passed += 1000;
    const firstAttemptAt = await invoke(scene, wrap, (input, layer) => layer.firstAttemptAt(input), replay);
    assert.equal(firstAttemptAt, (await scene.found())?.[attribute.firstAttemptAt]);
    assert.ok((firstAttemptAt ?? 0) <= clock.now() - 1000);
  }),
  ...forBoth('a replay that fails gives its record up', async (scene, wrap) => {
    const fails = () => {
      throw new RangeError('failed');
    };
    await suspended(scene, wrap);
    await assert.rejects(invoke(scene, wrap, fails, replay), { name: 'RangeError' });
    assert.equal(await scene.found(), undefined);
    await suspended(scene, wrap);
    const options = { afterError: 'release' } as const;
    await assert.rejects(invoke(scene, wrap, fails, { ...replay, options }), { name: 'RangeError' });
    assert.equal(await invoke(scene, wrap, () => 'ran', { execution: 'arn:b' }), 'ran');
  }),
  ...forBoth('a second execution for a key is refused while the first is at work', async (scene, wrap) => {
    await suspended(scene, wrap);
    const second = { execution: 'arn:b' };
    assert.equal(await invoke(scene, wrap, () => 'ran', second).catch(named), inProgress);
    const other = { ...second, body: 'another' };
    assert.equal(await invoke(scene, wrap, () => 'ran', other).catch(named), otherPayload);
    assert.equal(await invoke(scene, wrap, () => 'done', replay), 'done');
  }),
  ...forBoth('a replay after the result was saved answers with it', async (scene, wrap) => {
    const result = { paid: 12.5, at: new Date(0), nothing: undefined };
    assert.deepEqual(await invoke(scene, wrap, () => result), result);
    const { at, paid } = result;
    const again = await invoke(scene, wrap, () => ({ at, paid }), replay);
    assert.deepEqual(JSON.parse(JSON.stringify(again)), { paid: 12.5, at: new Date(0).toJSON() });
  }),
  {
    name: "a replay that finds another's result does not overwrite it, with Powertools' makeIdempotent",
    async run(scene) {
      await invoke(scene, powertools, () => 'saved');
      await assert.rejects(
        invoke(scene, powertools, () => 'other', replay),
        isFenced,
      );
      assert.equal(await invoke(scene, powertools, () => 'ran'), 'saved');
    },
  },
  {
    name: 'a replay after the result was saved does not run its handler again, with makeDurableIdempotent',
    async run(scene) {
      await invoke(scene, ours, () => 'saved');
      assert.equal(await invoke(scene, ours, () => 'again', replay), 'saved');
    },
  },
  {
    name: 'an execution with another payload under its key is refused',
    async run(scene) {
      await suspended(scene, ours);
      const other = { ...replay, body: 'another' };
      assert.equal(await invoke(scene, ours, () => 'ran', other).catch(named), otherPayload);
    },
  },
  {
    name: 'an execution with a text as input can be replayed in the process of its first invocation',
    async run(scene) {
      const started = gate();
      let suspends = true;
      const act = async (_: string, __: DurableContext) => {
        started.open();
        return suspends ? await new Promise<never>(() => {}) : 'done';
      };
      const persistenceStore = scene.kind.layer(scene.client);
      const handler = makeDurableIdempotent(act, { persistenceStore, keyPrefix });
      void handler(scene.key, durableContext());
      await started.passed;
      suspends = false;
      assert.equal(await handler(scene.key, durableContext('arn:b')).catch(named), inProgress);
      assert.equal(await handler(scene.key, durableContext('arn:a', 'ReplayMode')), 'done');
      assert.equal((await scene.found())?.[attribute.status], 'COMPLETED');
    },
  },
  {
    name: 'an invocation that died before its first step is continued by the next one of its execution',
    async run(scene) {
      await suspended(scene, ours);
      assert.equal(await invoke(scene, ours, () => 'done'), 'done');
      assert.equal((await scene.found())?.[attribute.attempts], 1);
    },
  },
  {
    name: 'a second execution does not take over from a waiting one, however long that waits',
    async run(scene) {
      await suspended(scene, ours, { remaining: leaseMs });
      await scene.kind.leaseIsOver();
      const second = { execution: 'arn:b' };
      assert.equal(await invoke(scene, ours, () => 'ran', second).catch(named), inProgress);
      assert.equal(await scene.answer(), inProgress);
    },
  },
  {
    name: 'an execution whose record belongs to another one is refused before it acts, also as a replay',
    async run(scene) {
      await suspended(scene, ours, { execution: 'arn:b' });
      for (const mode of ['ExecutionMode', 'ReplayMode'] as const) {
        assert.equal(await invoke(scene, ours, () => 'ran', { mode }).catch(named), inProgress);
      }
      await invoke(scene, ours, () => 'b', { ...replay, execution: 'arn:b' });
      assert.equal(await invoke(scene, ours, () => 'a', replay), 'b');
    },
  },
  {
    name: 'a durable execution that takes over a dead owner leaves no lease of that owner',
    async run(scene) {
      const dead = {
        status: 'INPROGRESS',
        validation: hashOf('body'),
        attempt: 'dead',
      };
      await scene.plant({ ...dead, inProgressExpiration: 1 });
      await suspended(scene, ours);
      assert.equal(await invoke(scene, ours, () => 'ran', { execution: 'arn:b' }).catch(named), inProgress);
    },
  },
  {
    name: 'a replay of an execution whose record expired starts again, unless another execution did',
    async run(scene) {
      const config = { expiresAfterSeconds: 60 };
      await suspended(scene, ours, { config });
      clock.passed += 61_000;
      await suspended(scene, ours, { config, ...replay });
      const second = { config, execution: 'arn:b' };
      assert.equal(await invoke(scene, ours, () => 'ran', second).catch(named), inProgress);
      clock.passed += 61_000;
      await suspended(scene, ours, second);
      assert.equal(await invoke(scene, ours, () => 'ran', { config, ...replay }).catch(named), inProgress);
    },
  },
  {
    name: 'calls inside a durable handler are not owned by its execution: of two equal calls at once one runs',
    async run(scene) {
      const act = async () => {
        const inner = await atWork(scene.call(), scene.input('inner'));
        const answer = await scene.answer('inner');
        inner.returns('first');
        await inner.answer;
        return answer;
      };
      const config = { eventKeyJmesPath: '[key, body]' };
      assert.equal(await invoke(scene, ours, act, { config }), inProgress);
    },
  },
];
