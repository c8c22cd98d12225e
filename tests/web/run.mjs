// Runs a browser test under ctest: `node run.mjs TEST MODULES PICTURES`. MODULES is a folder of the build
// where the npm modules of the tests are put, again only when the lock file has changed; pictures go to
// PICTURES. Without a browser it exits with 77, which ctest reports as skipped.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executablePath, isInstalled } from './browser.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [test, modules, pictures] = process.argv.slice(2);

const run = (command, args, options) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(1);
};

const install = () => {
  const stamp = join(modules, 'installed');
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  mkdirSync(modules, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(modules, name));
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: modules });
  writeFileSync(stamp, lock);
};

if (!isInstalled()) {
  console.log(`skipped: no browser at ${executablePath}; install the Debian package chromium or set CHROMIUM`);
  process.exit(77);
}
install();
run(process.execPath, ['--test', test], {
  env: { WH_SCREENSHOTS: pictures, ...process.env, WH_NODE_MODULES: modules },
});
