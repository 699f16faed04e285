// Run by vscode_browser. Works in Visual Studio Code in Chromium as a person would, and takes pictures.
'use strict';
const path = require('node:path');
const { createRequire } = require('node:module');

const [modules, url, project, pictures] = process.argv.slice(2);
const puppeteer = createRequire(modules + '/')('puppeteer-core');
const WAIT = { timeout: 60000 };

async function main() {
  const browser = await puppeteer.launch({
    executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'], defaultViewport: { width: 1280, height: 800 },
  });
  const page = await browser.newPage();
  const picture = (name) => page.screenshot({ path: path.join(pictures, name + '.png') });
  const choose = async (text) => {
    await page.keyboard.press('F1');
    await page.waitForSelector('.quick-input-widget:not([style*="display: none"]) input', WAIT);
    await page.keyboard.down('Control');
    await page.keyboard.press('a');
    await page.keyboard.up('Control');
    await page.keyboard.type(text);
    const wanted = text.replace(/^>/, '');
    await page.waitForFunction((name) => [...document.querySelectorAll('.quick-input-list .monaco-list-row')]
      .some((row) => row.getAttribute('aria-label')?.includes(name) && row.classList.contains('focused')), WAIT, wanted);
    await page.keyboard.press('Enter');
  };
  const shows = (text) => page.waitForFunction((wanted) =>
    document.querySelector('.editor-instance .view-lines')?.innerText.replace(/\u00a0/g, ' ').includes(wanted), WAIT, text);
  try {
    await page.goto(`${url}/?folder=${encodeURIComponent(project)}`, WAIT);
    await page.waitForSelector('.monaco-workbench .explorer-folders-view', WAIT);
    await choose('bad.hook');
    await shows('pre bakup');
    await page.waitForSelector('.squiggly-error', WAIT);
    await picture('finding');

    await choose('orders.hook');
    await shows('writes paused');
    await choose('>Hook: Show the Plan');
    await shows('the whole session');
    await picture('plan');

    await choose('orders.hook');
    await choose('>Test: Run All Tests');
    await page.waitForSelector('.codicon-testing-passed-icon', WAIT);
    await picture('tests');
  } catch (failure) {
    await picture('failed');
    throw failure;
  } finally {
    await browser.close();
  }
}

main().catch((failure) => {
  console.error(String(failure));
  process.exitCode = 1;
});
