// A photo made small enough to keep by the dozen: 1600 px at most, drawn anew, so that nothing a camera wrote comes along.
const LONGEST = 1600

export async function shrink (file) {
  let picture
  try { picture = await createImageBitmap(file, { imageOrientation: 'from-image' }) } catch { return file }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return await new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), 'image/jpeg', 0.8))
}
