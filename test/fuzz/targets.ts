import type { Target } from './target.ts';
import { answers, failures } from './targets/answers.ts';
import { argumentTargets } from './targets/arguments.ts';
import { canonicalJsonTarget } from './targets/canonical-json.ts';
import { consumer } from './targets/consumer.ts';
import { environment } from './targets/environment.ts';
import { eventParser } from './targets/event-parser.ts';
import { handlerResults } from './targets/handler-results.ts';
import { inputLines } from './targets/input-lines.ts';
import { intake } from './targets/intake.ts';
import { publisher } from './targets/publisher.ts';

/** Everything that is fuzzed: what takes input from outside stands here. */
export const targets: readonly Target[] = [
  eventParser,
  canonicalJsonTarget,
  consumer,
  handlerResults,
  intake,
  inputLines,
  publisher,
  answers,
  failures,
  ...argumentTargets,
  environment,
];
