"""Real OpenSearch, Kafka and Redis on this machine, without Docker.

`versions` says which; `java` and `maven` find and fetch what they need; `assembly` puts a node
together in the cache; `opensearch`, `kafka` and `redis` describe one server each; `supervisor`
is their parent process; `stack` starts, inspects and stops all three.
"""
