// A headless browser for tests of the page, and screenshots. Other folders' tests use it too:
// set WH_NODE_MODULES to a folder where `npm ci` was run with tests/web/package-lock.json.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const isInstalled = () => existsSync(executablePath);

const modules = process.env.WH_NODE_MODULES;
const require = createRequire(modules ? join(modules, 'package.json') : import.meta.url);

// Starts Debian's Chromium with a fresh profile that goes when it is closed. Nothing but the pages
// asked for is to use the network.
export const launch = () => require('playwright-core').chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});

// Opens a page and notes what it must not do: errors on the console, requests to other hosts.
export const open = async (browser, url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', error => faults.push(String(error)));
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults, context };
};

// Writes folder/name.png of the whole page, or of what is visible. Without a folder it does nothing.
export const screenshot = async (page, folder, name, { fullPage = true } = {}) => {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
};

// A port below those that systems give to clients: a browser that reconnects from such a port to the same
// number would connect to itself and keep the server from coming back.
export const somePort = () => 20000 + Math.floor(Math.random() * 10000);
