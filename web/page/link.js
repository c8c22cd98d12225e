// The connection to the program: states come over a WebSocket that reconnects by itself, commands go
// by POST so that each has its own answer.

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

// Calls onState(state) for each state and onStatus('connecting' | 'live' | 'lost').
export const connect = (onState, onStatus) => {
  let retry = FIRST_RETRY_MS;
  const open = () => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws`, 'watthour');
    socket.onmessage = event => {
      const message = JSON.parse(event.data);
      if (!('powered' in message)) return; // an answer to a command
      retry = FIRST_RETRY_MS;
      onStatus('live');
      onState(message);
    };
    socket.onclose = () => {
      onStatus('lost');
      setTimeout(open, retry);
      retry = Math.min(retry * 2, LAST_RETRY_MS);
    };
  };
  onStatus('connecting');
  open();
};

// Resolves to null, or to the reason why the command was refused.
export const send = async command => {
  try {
    const response = await fetch('/api/command', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(command),
    });
    const answer = await response.json();
    return response.ok ? null : answer.error;
  } catch {
    return 'the meter does not answer';
  }
};

// A function like send for a control that is being dragged: while one command is on its way only
// the newest of the others is kept.
export const newestOnly = sender => {
  let waiting = null;
  let busy = false;
  const next = async () => {
    busy = true;
    while (waiting) {
      const command = waiting;
      waiting = null;
      await sender(command);
    }
    busy = false;
  };
  return command => {
    waiting = command;
    if (!busy) next();
  };
};
