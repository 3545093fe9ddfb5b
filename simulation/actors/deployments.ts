import type { GuaranteeName } from '../../runtime/index.ts';
import type { BadDeployment, Deployment, Ignoring, Plan } from '../workloads/plan.ts';
import type { World } from '../world/world.ts';
import type { ConsumerFunction } from './function.ts';
import { type ConsumerName, deployableAs } from './parts.ts';
import type { Troubles } from './troubles.ts';

type Planned = Pick<Plan, 'deployments' | 'badDeployment' | 'ignoring' | 'timeout'>;

/** The deployments of a run, and the settings of the consumers that are deployed now. */
export class Deployments {
  readonly #world: World;
  readonly #plan: Planned;
  readonly #functions: readonly ConsumerFunction[];
  readonly #troubles: Troubles;
  /** By consumer: the guarantee of its last deployment, if that is not its own. */
  readonly #guarantees = new Map<ConsumerName, GuaranteeName>();
  #ownContent = false;
  #ignores = false;

  constructor(world: World, plan: Planned, functions: readonly ConsumerFunction[], troubles: Troubles) {
    this.#world = world;
    this.#plan = plan;
    this.#functions = functions;
    this.#troubles = troubles;
  }

  /** Schedules the deployments of the plan. */
  begin(): void {
    const { deployments, badDeployment, ignoring } = this.#plan;
    for (const one of deployments) this.#after(one.at, () => this.#deploy(one));
    if (badDeployment !== undefined) this.#deployBadly(badDeployment);
    if (ignoring !== undefined) this.#ignore(ignoring);
  }

  guaranteeOf(name: ConsumerName): GuaranteeName {
    return this.#guarantees.get(name) ?? deployableAs[name][0];
  }

  /** Whether the consumers have a `fingerprint` function. After its first deployment, every later one has it too. */
  get ownContent(): boolean {
    return this.#ownContent;
  }

  /** Whether a consumer ignores cancellations. */
  ignores(name: ConsumerName): boolean {
    return this.#ignores && name === 'notifications';
  }

  #deploy({ timeout, guarantees, ownContent: isOwn }: Deployment): void {
    const { faults } = this.#world;
    faults.count('deployment with another lease');
    if (isOwn && !this.#ownContent) {
      faults.count('deployment with another fingerprint');
      this.#ownContent = true;
    }
    for (const [name, guarantee] of guarantees) {
      if (guarantee === this.guaranteeOf(name)) continue;
      faults.count('deployment with another guarantee');
      this.#guarantees.set(name, guarantee);
    }
    this.#redeploy(timeout);
  }

  #deployBadly({ from, to }: BadDeployment): void {
    const deploy = (isBad: boolean) => {
      this.#troubles.failsAll = isBad;
      this.#redeploy(this.#plan.timeout);
    };
    this.#after(from, () => deploy(true));
    this.#after(to, () => deploy(false));
  }

  #ignore({ from, to }: Ignoring): void {
    const deploy = (ignores: boolean) => {
      this.#ignores = ignores;
      this.#redeploy(this.#plan.timeout);
    };
    this.#after(from, () => {
      this.#world.faults.count('deployment that ignores a type');
      deploy(true);
    });
    this.#after(to, () => deploy(false));
  }

  #redeploy(timeout: number): void {
    for (const one of this.#functions) one.deploy(timeout);
  }

  /** @param time Milliseconds after the start. */
  #after(time: number, act: () => void): void {
    const { scheduler, now } = this.#world;
    scheduler.at(now + time, act);
  }
}
