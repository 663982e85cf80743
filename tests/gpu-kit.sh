#!/usr/bin/env bash
# Packs what tests/on-gpu.sh runs beside the checkout: a Java runtime, the classes of tests and
# benchmarks, the jars that they use. Where a machine with a card has no JDK or no Maven, make it
# elsewhere and copy it to the same place there. Needs Maven and a JDK 25 (JAVA_HOME, else the path's).
set -euo pipefail
cd "$(dirname "$0")/.."

kit=tests/target/gpu-kit
log=$kit.log
# What library, JUnit, tests and benchmarks use of the JDK.
modules=java.desktop,java.logging,java.management,java.net.http,jdk.httpserver
modules+=,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs

# Runs a tool; its output is shown only if it fails.
quietly() {
  "$@" >$log 2>&1 || {
    cat $log >&2
    exit 1
  }
}

rm -rf $kit $kit.tar.gz
mkdir -p $kit
quietly mvn -q -B -ntp -P '!software-device,gpu-kit' -DskipTests package
quietly "${JAVA_HOME:+$JAVA_HOME/bin/}jlink" --add-modules $modules --output $kit/jdk \
  --strip-debug --no-header-files --no-man-pages
cp bench/target/gpuvae-bench-*.jar $kit/lib
cp -r tests/target/test-classes $kit/tests
find $kit/tests -type f ! -name '*.class' -delete # the checkout has their resources
tar -C $kit -czf $kit.tar.gz .
rm -r $kit
echo "$kit.tar.gz: $(du -m $kit.tar.gz | cut -f 1) MB"
