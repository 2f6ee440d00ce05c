/*
 * What microflux last said of each creator: creator, tier, engagement rate, creator score.
 *
 * usage: java -cp 'target/*' Scores BOOTSTRAP REGISTRY_URL [TOPIC [KEY=VALUE of the Kafka client ...]]
 *
 * Reads the topic from its beginning to the end that it has now. Of the records of a creator the one with the largest version counts, not
 * the last. No value: the creator was erased, until a larger version comes.
 */
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public final class Scores {
    private record Version(int epoch, long offsets, long asOf) implements Comparable<Version> {
        static Version of(GenericRecord score) {
            GenericRecord version = (GenericRecord) score.get("version");
            return new Version((Integer) version.get("epoch"), (Long) version.get("offsets"), (Long) score.get("as_of"));
        }

        @Override
        public int compareTo(Version other) {
            int order = Integer.compare(epoch, other.epoch);
            order = order != 0 ? order : Long.compare(offsets, other.offsets);
            return order != 0 ? order : Long.compare(asOf, other.asOf);
        }
    }

    /** The largest version; no line once the creator was erased. */
    private record Newest(Version version, String line) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private final Map<String, Newest> newest = new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
    private final String registry;

    private Scores(String registry) {
        this.registry = registry;
    }

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("isolation.level", "read_committed");
        for (int i = 3; i < args.length; i++) {
            settings.put(args[i].split("=", 2)[0], args[i].split("=", 2)[1]);
        }
        Scores scores = new Scores(args[1]);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            scores.readAll(consumer, args.length > 2 ? args[2] : "creator-scores");
        }
        scores.newest.forEach((creator, last) -> {
            if (last.line() != null) {
                System.out.println(creator + " " + last.line());
            }
        });
    }

    private void readAll(KafkaConsumer<String, byte[]> consumer, String topic) throws Exception {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                take(record.key(), record.value());
            }
        }
    }

    private void take(String creator, byte[] value) throws Exception {
        Newest last = newest.getOrDefault(creator, new Newest(new Version(-1, 0, 0), null));
        if (value == null) {
            newest.put(creator, new Newest(last.version(), null));
            return;
        }
        GenericRecord score = decode(value);
        int order = Version.of(score).compareTo(last.version());
        if (order > 0 || (order == 0 && last.line() != null)) {
            newest.put(creator, new Newest(Version.of(score), line(score)));
        }
    }

    /** Confluent's framing: a zero byte, the four bytes of the writer's schema id, the record. */
    private GenericRecord decode(byte[] value) throws Exception {
        ByteBuffer frame = ByteBuffer.wrap(value);
        if (frame.get() != 0) {
            throw new IllegalArgumentException("a value without a schema id: does the worker know the registry?");
        }
        int id = frame.getInt();
        if (!readers.containsKey(id)) {
            readers.put(id, new GenericDatumReader<>(schema(id)));
        }
        return readers.get(id).read(null, DecoderFactory.get().binaryDecoder(value, frame.position(), frame.remaining(), null));
    }

    private Schema schema(int id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("schema " + id + ": the registry answers " + answer.statusCode());
        }
        return new Schema.Parser().parse(json.readTree(answer.body()).get("schema").asText());
    }

    private static String line(GenericRecord score) {
        List<?> tiers = (List<?>) score.get("tiers");
        Object tier = tiers.isEmpty() ? "-" : ((GenericRecord) tiers.get(0)).get("tier");
        GenericRecord whole = (GenericRecord) optional(score, "creator_score");
        return tier + " " + number("%.7f", optional(score, "engagement_rate")) + " " + number("%.3f", whole == null ? null : whole.get("score"));
    }

    /** A record of an older microflux has not every field. */
    private static Object optional(GenericRecord record, String field) {
        return record.hasField(field) ? record.get(field) : null;
    }

    private static String number(String format, Object value) {
        return value == null ? "-" : String.format(Locale.ROOT, format, value);
    }
}
