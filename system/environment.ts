export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of AWS's SDKs and tools (AWS SDKs and Tools Reference Guide, "Environment variables"). */
export const awsVariables = {
  endpoint: 'AWS_ENDPOINT_URL',
  s3Endpoint: 'AWS_ENDPOINT_URL_S3',
  region: 'AWS_REGION',
  defaultRegion: 'AWS_DEFAULT_REGION',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  configFile: 'AWS_CONFIG_FILE',
  credentialsFile: 'AWS_SHARED_CREDENTIALS_FILE',
  noInstanceMetadata: 'AWS_EC2_METADATA_DISABLED',
} as const;

/** The environment that this process was started with. */
export function ownEnvironment(): Environment {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment enters the commands.
  return process.env;
}

/**
 * Keeps the AWS SDK from warning on old versions of Node, in this process and its children: the output of a command is about the
 * command.
 */
export function hideSdkWarnings(): void {
  // biome-ignore lint/style/noProcessEnv: the SDK reads the variable where it makes a client.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

/**
 * Returns `own` without settings of AWS and proxies, for a tool that uses a local endpoint. So no profile, key or endpoint of the
 * user's real accounts is used by accident. A proxy cannot reach this machine's loopback.
 */
export function withoutAws(own: Environment): Environment {
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => !/^AWS_/.test(name) && !/^(https?|all)_proxy$/i.test(name)),
  );
}
