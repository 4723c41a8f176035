// A photo made small enough to keep by the dozen: 1600 px at most, drawn anew, so that nothing a camera wrote comes along.
// Where that finds no room, smaller ones are tried: a small proof is a proof.
export const SIZES = [[1600, 0.8], [1000, 0.7], [640, 0.6]]

export async function shrink (file, [longest, quality] = SIZES[0]) {
  let picture
  try { picture = await createImageBitmap(file, { imageOrientation: 'from-image' }) } catch { return file }
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return await new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), 'image/jpeg', quality))
}
