/**
 * The behaviours that every record store must have, as data for any test runner. The cases assert state, not calls.
 *
 * This file is the package export `order-once/store-suite`. The cases are not in `runtime/`, because a deployed
 * function does not need them. They import only the port, the contract and Node's assertions, so that the package can
 * contain them. The code for Jest is in `record-store-suite.ts`, which is not part of the package.
 */
import { attemptCases } from './cases/attempt-cases.ts';
import { attentionCases } from './cases/attention-cases.ts';
import { carriedCases } from './cases/carried-cases.ts';
import { claimCases } from './cases/claim-cases.ts';
import { commitCases } from './cases/commit-cases.ts';
import { earlierCases } from './cases/earlier-cases.ts';
import { foldCases } from './cases/fold-cases.ts';
import { formatCases } from './cases/format-cases.ts';
import { historyCases } from './cases/history-cases.ts';
import { holdCases } from './cases/hold-cases.ts';
import { ownerCases } from './cases/owner-cases.ts';
import { quarantineCases } from './cases/quarantine-cases.ts';
import { raceCases } from './cases/race-cases.ts';
import { resultCases } from './cases/result-cases.ts';
import { skipCases } from './cases/skip-cases.ts';
import { valueCases } from './cases/value-cases.ts';
import { versionCases } from './cases/version-cases.ts';
import type { Case } from './subject.ts';

export type { Case, StoreUnderTest, TableUnderTest } from './subject.ts';

export const recordStoreCases: readonly Case[] = [
  ...claimCases,
  ...carriedCases,
  ...ownerCases,
  ...holdCases,
  ...raceCases,
  ...resultCases,
  ...commitCases,
  ...versionCases,
  ...valueCases,
  ...foldCases,
  ...attemptCases,
  ...quarantineCases,
  ...skipCases,
  ...earlierCases,
  ...formatCases,
  ...attentionCases,
  ...historyCases,
];
