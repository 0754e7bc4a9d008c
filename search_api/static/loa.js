// Keyboard, live facets and the echo of what a query is taken to mean. Every page is complete without this file.
'use strict';
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  // Keys: "/" to the query, j and k from result to result, Enter opens as usual, "g" then a letter to a page, Escape closes or leaves.
  const PLACES = { t: '/', k: '/tim', p: '/tinh', m: '/kinh-phi', n: '/nguon', b: '/ban-tin', h: '/tro-giup' };
  let waiting = false;
  const step = (by) => {
    const links = $$('[data-item]').filter((link) => link.getClientRects().length);
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const open = $('header details[open]');
    if (event.key === 'Escape') {
      if (open) { open.open = false; $('summary', open).focus(); } else if (typing(event.target)) event.target.blur();
      return;
    }
    if (typing(event.target)) return;
    if (waiting) {
      waiting = false;
      const link = PLACES[event.key] && $$('header nav a').find((a) => new URL(a.href).pathname === PLACES[event.key]);
      if (link) { event.preventDefault(); location.assign(link.href); }
      return;
    }
    // A button, link or field of the page with a key of its own.
    const own = /^[a-z]$/.test(event.key) && $(`[data-key="${event.key}"]`);
    if (own) { event.preventDefault(); if (/^(SELECT|INPUT)$/.test(own.tagName)) own.focus(); else own.click(); return; }
    if (event.key === '/') { event.preventDefault(); const box = $('#cau-tim') || $('#q'); box.focus(); box.select(); }
    else if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'g') waiting = true;
    else if (event.key === '?') { const help = $$('header nav a').find((a) => new URL(a.href).pathname === '/tro-giup'); if (help) location.assign(help.href); }
  });

  // A menu of the head closes when the reader goes elsewhere.
  document.addEventListener('click', (event) => {
    for (const open of $$('header details[open]')) if (!open.contains(event.target)) open.open = false;
  });

  // A sentence to paste elsewhere.
  for (const button of $$('[data-copy]')) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const said = button.textContent;
      await navigator.clipboard.writeText($(button.dataset.copy).textContent.trim());
      button.textContent = 'Đã chép';
      setTimeout(() => { button.textContent = said; }, 1600);
    });
  }

  // The echo under the query box: what it is taken to mean, or where it is wrong, while somebody types.
  const echoes = (box, place) => {
    let timer = 0;
    let asked = 0;
    const say = (said, text) => {
      place.replaceChildren();
      const add = (tag, className, content) => { const e = document.createElement(tag); e.className = className; e.append(...content); place.append(e); };
      if (said.fault) {
        const at = said.position ?? 0;
        const letters = [...text];
        const wrong = document.createElement('span');
        wrong.className = 'wrong';
        wrong.textContent = letters[at] ?? ' ';
        add('pre', 'pointer', [letters.slice(0, at).join(''), wrong, letters.slice(at + 1).join('')]);
        add('p', 'field-fault', [said.fault]);
      } else if (text.trim()) add('p', '', ['hiểu là: ' + said.understood]);
      box.toggleAttribute('aria-invalid', Boolean(said.fault));
    };
    box.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const text = box.value;
        const mine = ++asked;
        try {
          const answer = await fetch(place.dataset.echo + '?' + new URLSearchParams({ q: text }));
          if (answer.ok && mine === asked) say(await answer.json(), text);
        } catch { /* offline: the answer comes with the page */ }
      }, 200);
    });
  };
  const echo = $('[data-echo]');
  if (echo) echoes($('#q'), echo);

  // Live facets: a choice replaces the results in place; address, title and back button say the same as without this.
  let live = $('[data-live]');
  if (live) {
    let asked = 0;
    let shown = location.pathname + location.search;
    const show = async (href, { push, focus }) => {
      const mine = ++asked;
      live.setAttribute('aria-busy', 'true');
      try {
        const answer = await fetch(href, { headers: { Accept: 'text/html' } });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const next = $('[data-live]', page);
        if (mine !== asked) return;
        if (!answer.ok || !next) { location.assign(href); return; }
        if (push) history.pushState({ live: true }, '', href);
        shown = location.pathname + location.search;
        document.title = page.title;
        for (const part of ['.state-row', 'header nav.tabs', '.menu']) { const now = $(part); const then = $(part, page); if (now && then) now.replaceWith(then); }
        for (const form of ['.ask', '.find']) {
          const now = $(form); const then = $(form, page);
          if (!now || !then) continue;
          $$('input[type=hidden]', now).forEach((input) => input.remove());
          now.append(...$$('input[type=hidden]', then));
          if (!push) $('input[name=q]', now).value = $('input[name=q]', then).value;
        }
        const opened = $$('details[open] > summary', live).map((summary) => summary.textContent);
        live.replaceWith(next);
        live = next;
        for (const summary of $$('details > summary', live)) if (opened.includes(summary.textContent)) summary.parentElement.open = true;
        const same = focus && $$('a', live).find((a) => a.textContent.replace(/[\d.✓]/g, '') === focus);
        (same || $('.total', live)).focus({ preventScroll: true });
      } catch { location.assign(href); }
    };
    document.addEventListener('click', (event) => {
      const link = event.target.closest('[data-live] :is(.filters, .controls, .chips, .pages) a[href^="/tim"]');
      if (!link || link.pathname !== '/tim' || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      show(link.href, { push: true, focus: link.textContent.replace(/[\d.✓]/g, '') });
      if (link.closest('.pages')) $('main').scrollIntoView();
    });
    // A jump within the page is no other result.
    addEventListener('popstate', () => { if (location.pathname + location.search !== shown) show(location.href, { push: false }); });
  }
})();
