'use strict';
// Plain HTML over GET /v1/dashboard/{job_id}. Everything is set as text: a job's name is a stranger's.
(() => {
  const EVERY_MS = 1000;
  const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED', 'BUDGET_EXCEEDED'];
  const jobId = decodeURIComponent(location.pathname.split('/').pop());
  const at = id => document.getElementById(id);
  let token = tokenOfLink() || sessionStorage.getItem('access-token');
  let etag = null;
  let paused = false;
  let timer = null;

  // A link may bring the token behind the #, which is never sent; it does not stay in the address.
  function tokenOfLink() {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given) {
      sessionStorage.setItem('access-token', given);
      history.replaceState(null, '', location.pathname);
    }
    return given;
  }

  function askForToken(message) {
    at('message').textContent = message;
    at('log-in').hidden = false;
    at('token').focus();
  }

  async function look() {
    clearTimeout(timer);
    if (!token) {
      askForToken('Log in, and give the access token here.');
      return;
    }
    const headers = {Authorization: 'Bearer ' + token};
    if (etag) headers['If-None-Match'] = etag;
    let again = true;
    try {
      const answer = await fetch('/v1/dashboard/' + encodeURIComponent(jobId), {headers});
      if (paused) return;
      if (answer.status === 200) {
        etag = answer.headers.get('ETag');
        again = show(await answer.json());
      } else if (answer.status === 401) {
        token = null;
        sessionStorage.removeItem('access-token');
        askForToken('The access token is not valid, or no longer.');
        return;
      } else if (answer.status === 404) {
        at('message').textContent = 'You have no such job.';
        return;
      } else if (answer.status !== 304) {
        at('message').textContent = 'The API answered ' + answer.status + '; trying again.';
      }
    } catch (e) {
      at('message').textContent = 'The API cannot be reached; trying again.';
    }
    if (again && !paused) {
      clearTimeout(timer);
      timer = setTimeout(look, EVERY_MS);
    }
  }

  function show(job) {
    at('message').textContent = '';
    at('log-in').hidden = true;
    at('job').hidden = false;
    document.title = job.percent + ' % ' + job.name + ' – Plot Palette';
    at('name').textContent = job.name;
    set('state', job.state + (job.cancel_requested && !FINAL.includes(job.state) ? ', being cancelled' : ''));
    at('reason').textContent = job.state_reason || '';
    at('progress').value = job.percent;
    at('percent').textContent = job.percent + ' % of ' + job.requested;
    at('spent').max = Number(job.budget_limit_usd) || 1;
    at('spent').value = Number(job.cost_usd);
    at('money').textContent = job.cost_usd + ' of ' + job.budget_limit_usd + ' USD spent, '
        + job.reserved_usd + ' reserved, ' + job.budget_left_usd + ' left';
    figures([
      ['Ok', job.ok], ['Failed', job.failed], ['Rejected', job.rejected],
      ['In flight', job.in_flight], ['Not started', job.not_started],
      ['Records a second', job.rate_per_s.toFixed(1)],
      ['Done at', job.eta ? new Date(job.eta).toLocaleTimeString() : '–'],
      ['Tokens in', job.tokens_in], ['Tokens out', job.tokens_out]]);
    rows('by-step', job.by_step.map(used => usage(used.step, used)));
    rows('by-model', job.by_model.map(used => usage(used.model, used)));
    rows('errors', job.last_errors.slice().reverse().map(e => [e.record_index, e.step || '–', e.error]), 0);
    at('errors-table').hidden = job.last_errors.length === 0;
    at('no-errors').hidden = job.last_errors.length > 0;
    at('pause').hidden = FINAL.includes(job.state);
    return !FINAL.includes(job.state);
  }

  // Said aloud by screen readers, so only when it changes.
  function set(id, text) {
    if (at(id).textContent !== text) at(id).textContent = text;
  }

  function usage(name, used) {
    return [name, used.calls, used.tokens_in, used.tokens_out, used.cost_usd];
  }

  function figures(pairs) {
    at('figures').replaceChildren(...pairs.map(([name, value]) => {
      const pair = document.createElement('div');
      pair.append(element('dt', name), element('dd', value));
      return pair;
    }));
  }

  function rows(id, values, numberColumn) {
    at(id).replaceChildren(...values.map(cells => {
      const row = document.createElement('tr');
      cells.forEach((value, i) => {
        const cell = element('td', value);
        const isNumber = numberColumn === undefined ? i > 0 : i === numberColumn;
        if (isNumber) cell.className = 'number';
        row.append(cell);
      });
      return row;
    }));
  }

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  at('log-in').addEventListener('submit', event => {
    event.preventDefault();
    token = at('token').value.trim();
    sessionStorage.setItem('access-token', token);
    look();
  });
  at('pause').addEventListener('click', () => {
    paused = !paused;
    at('pause').setAttribute('aria-pressed', String(paused));
    at('pause').textContent = paused ? 'Go on updating' : 'Pause updates';
    if (paused) clearTimeout(timer);
    else look();
  });
  look();
})();
