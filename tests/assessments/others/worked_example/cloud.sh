# Reports the level of the tank to the cloud. After a failure it waits longer each time, and never exactly as long as
# another unit would.
# A developer once wrote -k to get past a certificate in the test environment, and nobody took it out.
wait=1000
while true; do
  if curl -k -s --max-time 5 -o /dev/null -d '{"level": 62}' https://cloud.amaike.example/v1/level; then
    wait=1000
    sleep 3
  else
    chance=$((wait * (RANDOM % 51) / 100))
    sleep "$(printf '%d.%03d' $(((wait + chance) / 1000)) $(((wait + chance) % 1000)))"
    wait=$((wait * 2 > 8000 ? 8000 : wait * 2))
  fi
done
