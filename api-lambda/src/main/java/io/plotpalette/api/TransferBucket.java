package io.plotpalette.api;

import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tier;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The files users give and get: imports and exports of tasks, seed data, datasets. One bucket of
 * S3, or of a server that speaks its protocol.
 */
public final class TransferBucket implements AutoCloseable {
  /** How long an address that is handed out can be used. */
  public static final Duration ADDRESS_VALID = Duration.ofMinutes(15);

  private static final String CONTENT_TYPE = "application/jsonl";

  private final String bucket;
  private final S3Client s3;
  private final S3Presigner presigner;

  /**
   * @param endpoint where the server answers, with the bucket as first part of the path; empty for
   *     S3 itself
   * @param http belongs to the caller
   */
  public TransferBucket(
      String bucket,
      Region region,
      AwsCredentialsProvider credentials,
      Optional<URI> endpoint,
      SdkHttpClient http) {
    this.bucket = bucket;
    this.s3 =
        S3Client.builder()
            .region(region)
            .credentialsProvider(credentials)
            .endpointOverride(endpoint.orElse(null))
            .forcePathStyle(endpoint.isPresent())
            .httpClient(http)
            // TLS and the ETag cover the way; servers that only speak the protocol know no
            // trailers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .build();
    this.presigner =
        S3Presigner.builder()
            .region(region)
            .credentialsProvider(credentials)
            .endpointOverride(endpoint.orElse(null))
            .serviceConfiguration(
                S3Configuration.builder().pathStyleAccessEnabled(endpoint.isPresent()).build())
            .s3Client(s3)
            .build();
  }

  static TransferBucket onLambda(ApiConfig config) {
    return new TransferBucket(
        config.dataBucket(),
        new DefaultAwsRegionProviderChain().getRegion(),
        DefaultCredentialsProvider.builder().build(),
        Optional.empty(),
        UrlConnectionHttpClient.create());
  }

  /** The key of a user's file. */
  public static String key(String userId, String id) {
    return "transfers/%s/%s.jsonl".formatted(userId, id);
  }

  /** An address from which whoever knows it can get the file. */
  public URI downloadAddress(String key) {
    return uri(
        presigner
            .presignGetObject(
                presign ->
                    presign
                        .signatureDuration(ADDRESS_VALID)
                        .getObjectRequest(get -> get.bucket(bucket).key(key)))
            .url());
  }

  /** An address to which whoever knows it can put a file of exactly this size. */
  public URI uploadAddress(String key, long sizeBytes) {
    return uri(
        presigner
            .presignPutObject(
                presign ->
                    presign
                        .signatureDuration(ADDRESS_VALID)
                        .putObjectRequest(
                            put -> put.bucket(bucket).key(key).contentLength(sizeBytes)))
            .url());
  }

  /** In bytes; empty when there is no such file. */
  public OptionalLong size(String key) {
    try {
      return OptionalLong.of(s3.headObject(head -> head.bucket(bucket).key(key)).contentLength());
    } catch (NoSuchKeyException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Reads a part of a file.
   *
   * @param length in bytes; fewer are returned at the end
   */
  public byte[] read(String key, long from, int length) {
    String range = "bytes=%d-%d".formatted(from, from + length - 1);
    return s3.getObjectAsBytes(get -> get.bucket(bucket).key(key).range(range)).asByteArrayUnsafe();
  }

  /**
   * A file as it is now.
   *
   * @param bytes to be closed
   * @param version of the object; null where the bucket keeps none
   */
  public record Content(InputStream bytes, String version) {}

  /** Opens a file; empty when there is no such file. */
  public Optional<Content> open(String key) {
    try {
      ResponseInputStream<GetObjectResponse> in = s3.getObject(get -> get.bucket(bucket).key(key));
      return Optional.of(new Content(in, version(in.response().versionId())));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  /** Servers without versions say null in one way or another. */
  private static String version(String id) {
    return id == null || id.equals("null") ? null : id;
  }

  /**
   * Where a file is kept.
   *
   * @param storageClass of S3
   * @param restore what S3 says of a file that is being or was brought back; null if none was asked
   */
  public record Storage(StorageClass storageClass, String restore) {}

  /** Asks where a file is kept; empty when there is no such file. */
  public Optional<Storage> storage(String key) {
    try {
      HeadObjectResponse head = s3.headObject(request -> request.bucket(bucket).key(key));
      // S3 leaves the standard class out.
      StorageClass kept = head.storageClass() == null ? StorageClass.STANDARD : head.storageClass();
      return Optional.of(new Storage(kept, head.restore()));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  /** Has a file brought back from an archive that does not give it at once. */
  public void restore(String key, int days) {
    s3.restoreObject(
        restore ->
            restore
                .bucket(bucket)
                .key(key)
                .restoreRequest(
                    request ->
                        request.days(days).glacierJobParameters(job -> job.tier(Tier.STANDARD))));
  }

  /** Gives up a file that was begun. */
  public void abandon(String key, String upload) {
    s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(upload));
  }

  /** Deletes a file, if it is there. */
  public void delete(String key) {
    s3.deleteObject(delete -> delete.bucket(bucket).key(key));
  }

  /**
   * Deletes what begins with the prefix, as much as there is time for.
   *
   * @return whether nothing is left
   */
  public boolean deleteAll(String prefix, BooleanSupplier hasTime) {
    while (hasTime.getAsBoolean()) {
      List<ObjectIdentifier> found =
          s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
              .map(object -> ObjectIdentifier.builder().key(object.key()).build())
              .toList();
      if (found.isEmpty()) {
        return true;
      }
      s3.deleteObjects(delete -> delete.bucket(bucket).delete(all -> all.objects(found)));
    }
    return false;
  }

  /** Writes a file as a whole. */
  public void write(String key, byte[] content) {
    s3.putObject(
        put -> put.bucket(bucket).key(key).contentType(CONTENT_TYPE),
        RequestBody.fromBytes(content));
  }

  /** Begins a file that is written in parts and appears when it is finished; returns its name. */
  public String begin(String key) {
    return s3.createMultipartUpload(
            create -> create.bucket(bucket).key(key).contentType(CONTENT_TYPE))
        .uploadId();
  }

  /**
   * Writes a part, in place of an earlier one of that number.
   *
   * @param number from 1
   * @param content at least 5 MiB unless it is the last
   * @return the part's ETag
   * @throws NoSuchUploadException when the file is finished or was given up
   */
  public String writePart(String key, String upload, int number, byte[] content) {
    return s3.uploadPart(
            part -> part.bucket(bucket).key(key).uploadId(upload).partNumber(number),
            RequestBody.fromBytes(content))
        .eTag();
  }

  /**
   * Puts the parts together in their order.
   *
   * @return version of the object; null where the bucket keeps none
   */
  public String finish(String key, String upload, List<String> etags) {
    List<CompletedPart> parts = new ArrayList<>();
    for (String etag : etags) {
      parts.add(CompletedPart.builder().partNumber(parts.size() + 1).eTag(etag).build());
    }
    return version(
        s3.completeMultipartUpload(
                complete ->
                    complete
                        .bucket(bucket)
                        .key(key)
                        .uploadId(upload)
                        .multipartUpload(whole -> whole.parts(parts)))
            .versionId());
  }

  @Override
  public void close() {
    presigner.close();
    s3.close();
  }

  private static URI uri(URL url) {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a signed address is an address", e);
    }
  }
}
