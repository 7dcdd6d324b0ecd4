// Keys, swipes, and going from photo to photo without a new page. Everything is reached without it too.
(() => {
  'use strict';
  const one = (query, within = document) => within.querySelector(query);
  const help = one('dialog');
  const isViewer = () => document.body.classList.contains('viewer');
  document.documentElement.classList.add('script');

  /* A folder. */

  // The tile in the next row that is nearest.
  function inRow(tiles, at, way) {
    const from = tiles[at].getBoundingClientRect(), middle = from.left + from.right;
    let best = null, least = Infinity, row = null;
    for (let i = at + way; tiles[i]; i += way) {
      const box = tiles[i].getBoundingClientRect();
      if (way > 0 ? box.top < from.bottom - 1 : box.bottom > from.top + 1) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) > 8) break;
      const far = Math.abs(box.left + box.right - middle);
      if (far < least) [best, least] = [tiles[i], far];
    }
    return best;
  }

  function walk(key) {
    const tiles = [...document.querySelectorAll('.tile')], at = tiles.indexOf(document.activeElement);
    const to = key === 'Home' ? tiles[0] : key === 'End' ? tiles.at(-1)
      : at < 0 ? tiles.find(tile => tile.getBoundingClientRect().top >= 0)
      : key === 'ArrowRight' ? tiles[at + 1] : key === 'ArrowLeft' ? tiles[at - 1]
      : inRow(tiles, at, key === 'ArrowDown' ? 1 : -1);
    if (to) show(to);
    return Boolean(to);
  }

  function show(tile) {
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: 'nearest' });
  }

  // Back from a photo, whichever was the last one.
  function comeBack() {
    const last = sessionStorage.getItem('photo');
    sessionStorage.removeItem('photo');
    const tile = last && [...document.querySelectorAll('.tile')].find(tile => tile.pathname === last);
    if (tile) show(tile);
  }

  /* One photo. */

  let newest = 0, wanted = null;

  async function go(path) {
    // A key that is held down asks again and again.
    if (path === wanted) return;
    wanted = path;
    const mine = ++newest, focused = document.activeElement?.rel;
    try {
      // Not by a relative address: that of the page may hold a password.
      const answer = await fetch(location.origin + path);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (mine !== newest) return;
      const main = one('main.photo', page), address = new URL(answer.url);
      if (!answer.ok || !main) throw new Error(answer.statusText);
      // No new step of the history: "back" leads to the folder.
      history.replaceState(history.state, '', address.pathname + address.search);
      document.title = page.title;
      one('header').replaceWith(one('header', page));
      one('main').replaceWith(main);
      arrive();
      if (focused) one(`a.beside[rel="${focused}"]`)?.focus();
    } catch {
      if (mine === newest) location.replace(path);
    } finally {
      if (mine === newest) wanted = null;
    }
  }

  const follow = link => link && go(link.getAttribute('href'));

  function arrive() {
    sessionStorage.setItem('photo', location.pathname);
    const info = one('.info');
    info.open = sessionStorage.getItem('info') === 'open';
    info.addEventListener('toggle', () => sessionStorage.setItem('info', info.open ? 'open' : 'closed'));
    one('.stage video')?.addEventListener('error', () => { one('.cannot').hidden = false; });
  }

  function leave() {
    const up = one('[rel=up]');
    if (history.state?.from === up.pathname) history.back();
    else location.assign(up.href);
  }

  const toggleFullScreen = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();

  const edge = which => go(one('[rel=up]').getAttribute('href') + '?' + which);

  const keys = {
    ArrowLeft: () => follow(one('a.beside[rel=prev]')),
    ArrowRight: () => follow(one('a.beside[rel=next]')),
    Home: () => edge('first'),
    End: () => edge('last'),
    Escape: leave,
    u: leave,
    i: () => { one('.info').open = !one('.info').open; },
    d: () => one('a[download]').click(),
    f: toggleFullScreen,
  };

  /* Both. */

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let isDone = true;
    if (key === '?') help.showModal();
    else if (isViewer()) {
      // A clip's own keys.
      if (!keys[key] || (event.target.tagName === 'VIDEO' && key.startsWith('Arrow'))) return;
      keys[key]();
    }
    else if (key === 'Escape' || key === 'u') one('header li:nth-last-child(2) a')?.click();
    else if (key.startsWith('Arrow') || key === 'Home' || key === 'End') isDone = walk(key);
    else isDone = false;
    if (isDone) event.preventDefault();
  });

  document.addEventListener('click', event => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const beside = event.target.closest('a.beside');
    if (beside) {
      event.preventDefault();
      follow(beside);
    }
    else if (event.target.closest('.tile[data-photo]')) sessionStorage.setItem('from', location.pathname);
    else if (event.target.closest('.help')) help.showModal();
    else if (event.target.closest('.full')) toggleFullScreen();
    else if (event.target === help) help.close();
  });

  let touch = null;
  document.addEventListener('touchstart', event => {
    touch = event.touches.length === 1 && event.target.closest('.stage') && event.target.tagName !== 'VIDEO' && (visualViewport?.scale ?? 1) < 1.05 ? event.touches[0] : null;
  }, { passive: true });
  document.addEventListener('touchend', event => {
    if (!touch) return;
    const end = event.changedTouches[0], across = end.clientX - touch.clientX, down = end.clientY - touch.clientY;
    touch = null;
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(down)) follow(one(`a.beside[rel=${across < 0 ? 'next' : 'prev'}]`));
  }, { passive: true });

  if (isViewer()) {
    const from = sessionStorage.getItem('from');
    sessionStorage.removeItem('from');
    if (from && from === one('[rel=up]').pathname) history.replaceState({ from }, '');
    arrive();
  }
  else addEventListener('pageshow', comeBack);
})();
