#!/usr/bin/env node
import { argv } from 'node:process';
import { hideSdkWarnings } from '../system/environment.ts';
import { stopAll, stopOnSignals } from '../system/teardown.ts';
import { runCommand } from './run-command.ts';

// `npx order-once`

hideSdkWarnings();
stopOnSignals();
void runCommand(argv.slice(2)).finally(stopAll);
