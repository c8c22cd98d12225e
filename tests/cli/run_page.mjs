// Runs page.test.mjs under ctest: `node run_page.mjs MODULES PICTURES`, with the program in WATTHOUR.
// The browser's driver is that of tests/web, fetched into MODULES once; a picture of the page is left in
// PICTURES, and in the file WATTHOUR_SCREENSHOT if that is set. Without a browser: exit code 77, skipped.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executablePath, isInstalled } from '../web/browser.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [modules, pictures] = process.argv.slice(2);

const run = (command, args, options) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(1);
};

const install = () => {
  const stamp = join(modules, 'installed');
  const web = join(here, '../web');
  const lock = readFileSync(join(web, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  mkdirSync(modules, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(web, name), join(modules, name));
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: modules });
  writeFileSync(stamp, lock);
};

if (!isInstalled()) {
  console.log(`skipped: no browser at ${executablePath}; install the Debian package chromium or set CHROMIUM`);
  process.exit(77);
}
install();
run(process.execPath, ['--test', join(here, 'page.test.mjs')], {
  env: { ...process.env, WH_NODE_MODULES: modules, WH_PICTURES: pictures },
});
