# A library for statistics that came with the web page of another product.
while true; do
  curl -s --max-time 5 -o /dev/null http://stats.tanuki.example/hit?product=rp-2 || true
  sleep 4
done
