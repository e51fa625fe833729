#!/usr/bin/env node
/** The command `dropout-wasm`. */

import { main } from './cli/main.js';

process.exitCode = await main(process.argv.slice(2));
