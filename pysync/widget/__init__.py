"""What the drop-in elements show, as HTML, and what their buttons do. A page of somebody else sees
it through `web/widget`; nothing here knows a browser. Floor: `space`."""
